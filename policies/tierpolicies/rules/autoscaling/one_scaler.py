"""Two autoscalers set the number of pods of one workload.

## What it does
Reports HorizontalPodAutoscalers and KEDA's ScaledObjects with the same target. Files of two
environments are not compared.

## Why is this bad
Each undoes what the other sets: pods come and go without end. Kubernetes says AmbiguousSelector and
stops, KEDA refuses the second.

## Example
```yaml
scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}   # in two autoscalers
```

## Use instead
```yaml
metrics: [{type: Resource, …}, {type: External, …}]   # in one autoscaler
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import Scaler, scalers

_HANDED_OVER = "scaledobject.keda.sh/transfer-hpa-ownership"


@rule(
    needs=("HorizontalPodAutoscaler", "ScaledObject"),
    severity=Severity.ERROR,
    remediation="Put all metrics into one autoscaler.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each autoscaler whose target has one already."""
    found: dict[tuple[str, str, str], list[Manifest]] = {}
    for scaler in sorted(scalers(context.index), key=lambda each: each.manifest.subject):
        earlier = found.setdefault((scaler.kind, scaler.namespace, scaler.name), [])
        other = next((each for each in earlier if not _is_same(context, each, scaler)), None)
        earlier.append(scaler.manifest)
        if other is not None:
            message = f"{scaler.kind} {scaler.name} is scaled by the {other.kind} {other.name}, too"
            yield Fault(message, scaler.manifest, scaler.target["name"])


def _is_same(context: Context, one: Manifest, scaler: Scaler) -> bool:
    """Whether two are one object, never applied together, or one takes over from the other."""
    other = scaler.manifest
    if (one.kind, one.name) == (other.kind, other.name) or context.overlays.apart(one.file, other.file):
        return True
    return any(each.view.at("metadata", "annotations", _HANDED_OVER).text == "true" for each in (one, other))
