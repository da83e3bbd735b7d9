"""An autoscaler follows a container that its target has not.

## What it does
Looks up the container of each ContainerResource metric in the pods of the autoscaler's target.

## Why is this bad
The autoscaler says FailedGetContainerResourceMetric and never scales.

## Example
```yaml
containerResource: {container: wbe, name: cpu, …}   # the container is called web
```

## Use instead
```yaml
containerResource: {container: web, name: cpu, …}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.workloads.scaling import targets


@rule(
    needs=("HorizontalPodAutoscaler",),
    severity=Severity.ERROR,
    remediation="Name a container that runs in the target's pods.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each metric of a container that is not there."""
    for scaler, workload in targets(context.index):
        names: list[str] | None = None
        for metric in scaler.metrics:
            container = metric.at("containerResource", "container")
            if not container.text:
                continue
            if names is None:
                names = [each.name for each in workload.own.running]
            if container.text not in names:
                what = f"{scaler.kind} {scaler.name}"
                hint = nearest(container.text, names)
                message = f"no container of {what} is called {container.text!r}{hint}"
                yield Fault(message, scaler.manifest, container)
