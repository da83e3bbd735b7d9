"""An autoscaler follows a share of a request that is not there.

## What it does
For each HorizontalPodAutoscaler that follows the utilization of CPU or memory, also by default, looks
for the request of every container of its target: its own, a limit that stands in for it, the pod's or the
default of a LimitRange.

## Why is this bad
Utilization is a share of the request. A single container without one, a sidecar too, and the autoscaler
says FailedGetResourceMetric and never scales.

## Example
```yaml
containers: [{name: web, resources: {requests: {memory: 64Mi}}}]   # scaled by CPU
```

## Use instead
```yaml
containers: [{name: web, resources: {requests: {cpu: 100m, memory: 64Mi}}}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container, Workload
from tierpolicies.workloads.scaling import Scaler, targets

_SCALED_BY = ("cpu", "memory")


@rule(
    needs=("HorizontalPodAutoscaler",),
    severity=Severity.ERROR,
    remediation="Give every container of the target a request of the resource.",
    rests_on=("LimitRange",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each container without the request that an autoscaler needs."""
    for scaler, workload in targets(context.index):
        if not scaler.is_horizontal:
            continue
        for at, resource, container in _shares(scaler):
            for each in workload.own.running:
                if container in ("", each.name) and not _has_request(context, workload, each, resource):
                    message = (
                        f"the container {each.name} of {scaler.kind} {scaler.name} requests no {resource}"
                    )
                    yield Fault(message, scaler.manifest, at, detail=f"{each.name} {resource}")


def _shares(scaler: Scaler) -> Iterator[tuple[View, str, str]]:
    """The shares of requests that an autoscaler follows: where, of what, and of which container alone."""
    spec = scaler.manifest.view["spec"]
    version = scaler.manifest.subject.api_version
    percentage = spec["targetCPUUtilizationPercentage"]
    if percentage or (version in ("autoscaling/v1", "autoscaling/v2") and not any(spec["metrics"])):
        yield percentage or spec, "cpu", ""
    for metric in spec["metrics"]:
        for field in ("resource", "containerResource"):
            source = metric[field]
            is_share = source.at("target", "averageUtilization") or source["targetAverageUtilization"]
            if source["name"].text in _SCALED_BY and is_share:
                yield source["name"], source["name"].text, source["container"].text


def _has_request(context: Context, workload: Workload, container: Container, resource: str) -> bool:
    for resources in (container["resources"], workload.pod["resources"]):
        if resources["requests"][resource] or resources["limits"][resource]:
            return True
    return any(
        limit["type"].text == "Container"
        and (limit["defaultRequest"][resource] or limit["default"][resource])
        for each in context.index.of_kind("LimitRange")
        if each.namespace == workload.manifest.namespace
        for limit in each.view.at("spec", "limits")
    )
