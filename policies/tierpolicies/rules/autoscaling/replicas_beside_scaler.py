"""A workload that is scaled says how many replicas it has.

## What it does
Reports `spec.replicas` of workloads that an autoscaler scales, unless the Application that applies them
leaves that field alone (`ignoreDifferences` with `RespectIgnoreDifferences=true`).

## Why is this bad
Whenever the manifest is applied the pods are cut down, or raised, to that number, in the middle of
the load that the autoscaler had answered.

## Example
```yaml
spec: {replicas: 2}   # of a Deployment with an autoscaler
```

## Use instead
```yaml
spec: {}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import targets

_REPLICAS = "/spec/replicas"


@rule(
    needs=("HorizontalPodAutoscaler", "ScaledObject"),
    severity=Severity.WARNING,
    remediation="Remove spec.replicas: the autoscaler sets it.",
    known_as=("kube-score:deployment-targeted-by-hpa-does-not-have-replicas-configured",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each number of replicas that is not left to the autoscaler."""
    sources: Sources | None = None
    for scaler, workload in targets(context.index):
        manifest = workload.manifest
        replicas = manifest.view.at("spec", "replicas")
        if replicas.integer is None:
            continue
        sources = sources or Sources(context.tree, is_whole=True)
        if any(each.owns(manifest.file) and _leaves(each.application, manifest) for each in sources):
            continue
        message = (
            f"replicas {replicas.integer} undoes what the {scaler.manifest.kind} {scaler.manifest.name} sets"
        )
        yield Fault(message, manifest, replicas)


def _leaves(application: Manifest, manifest: Manifest) -> bool:
    """Whether an Application leaves the replicas of an object to others."""
    spec = application.view["spec"]
    options = {each.text for each in spec.at("syncPolicy", "syncOptions")}
    return "RespectIgnoreDifferences=true" in options and any(
        each["kind"].text in (manifest.kind, "*")
        and each["name"].text in ("", manifest.name)
        and any(path.text == _REPLICAS for path in each["jsonPointers"])
        for each in spec["ignoreDifferences"]
    )
