"""An autoscaler keeps fewer than three pods at rest.

## What it does
Reports HorizontalPodAutoscalers and KEDA's ScaledObjects that may go below three replicas.

## Why is this bad
With two pods at rest a drain of one leaves no spare for the crash of the other.

## Example
```yaml
spec: {minReplicas: 2, maxReplicas: 6}
```

## Use instead
```yaml
spec: {minReplicas: 3, maxReplicas: 6}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import HORIZONTAL, SCALERS

_LEAST = 3


@rule(
    each=Manifest,
    kinds=SCALERS,
    severity=Severity.WARNING,
    remediation="Raise the least number of replicas to 3.",
    optional=True,
    known_as=("kube-linter:hpa-minimum-three-replicas",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports an autoscaler that may leave too few."""
    is_horizontal = manifest.kind == HORIZONTAL
    least = manifest.view.at("spec", "minReplicas" if is_horizontal else "minReplicaCount")
    default = 1 if is_horizontal else 0
    replicas = default if least.integer is None else least.integer
    if replicas < _LEAST:
        message = (
            f"at rest there {'is one pod' if replicas == 1 else f'are {replicas} pods'}, fewer than {_LEAST}"
        )
        yield Fault(message, manifest, least)
