"""A HorizontalPodAutoscaler asks for a resource that nobody measures.

## What it does
Reports metrics of the types Resource and ContainerResource whose resource is neither cpu nor memory.

## Why is this bad
The API server takes any name, but metrics-server measures cpu and memory alone. The autoscaler reports
FailedGetResourceMetric and leaves the replicas as they are.

## Example
```yaml
metrics: [{type: Resource, resource: {name: cpus, target: {type: Utilization, averageUtilization: 70}}}]
```

## Use instead
```yaml
metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.workloads.scaling import HORIZONTAL

_FIELDS = {"Resource": "resource", "ContainerResource": "containerResource"}
_MEASURED = ("cpu", "memory")


@rule(
    each=Manifest,
    kinds=(HORIZONTAL,),
    severity=Severity.ERROR,
    remediation="Scale on cpu or memory, or use a metric of the type Pods, Object or External.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each such resource."""
    for metric in manifest.view.at("spec", "metrics"):
        field = _FIELDS.get(metric["type"].text)
        name = metric.at(field, "name") if field else None
        if name and name.text and name.text not in _MEASURED:
            message = f"nobody measures the resource {name.text!r} of pods{nearest(name.text, _MEASURED)}"
            yield Fault(message, manifest, name)
