"""A vertical and a horizontal autoscaler follow the same resource.

## What it does
Reports VerticalPodAutoscalers that change the requests of a workload by themselves while a
HorizontalPodAutoscaler scales it by CPU or memory that they control.

## Why is this bad
Utilization is a share of the request: when the one raises it, the other removes pods, so that each that is
left has more to do, and the request is raised again.

## Example
```yaml
kind: VerticalPodAutoscaler
spec: {targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, updatePolicy: {updateMode: Auto}}
```

## Use instead
```yaml
kind: VerticalPodAutoscaler
spec: {targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, updatePolicy: {updateMode: "Off"}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import VERTICAL, Scaler, scalers

_BOTH = frozenset(("cpu", "memory"))


@rule(
    needs=("VerticalPodAutoscaler",),
    severity=Severity.WARNING,
    remediation='Set updateMode: "Off", or let the vertical one control what the other does not follow.',
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each vertical autoscaler that works against a horizontal one."""
    followed: dict[tuple[str, str, str], set[str]] | None = None
    for vertical in context.index.of_kind(VERTICAL):
        mode = vertical.view.at("spec", "updatePolicy", "updateMode")
        if mode.text == "Off":
            continue
        if followed is None:
            followed = {
                (each.kind, each.namespace, each.name): _followed(each)
                for each in scalers(context.index)
                if each.is_horizontal
            }
        target = vertical.view.at("spec", "targetRef")
        home = vertical.namespace or DEFAULT_NAMESPACE
        both = _controlled(vertical) & followed.get((target["kind"].text, home, target["name"].text), set())
        if both:
            told = " and ".join(sorted(both))
            message = f"{target['name'].text} is scaled by {told}, the requests of which this changes"
            yield Fault(message, vertical, mode)


def _followed(scaler: Scaler) -> set[str]:
    """The resources whose utilization a HorizontalPodAutoscaler follows."""
    if not any(scaler.metrics):
        return {"cpu"}
    fields = ("resource", "containerResource")
    return {metric[field]["name"].text for metric in scaler.metrics for field in fields}


def _controlled(vertical: Manifest) -> frozenset[str]:
    """The resources whose requests a VerticalPodAutoscaler changes."""
    policies = list(vertical.view.at("spec", "resourcePolicy", "containerPolicies"))
    if not policies:
        return _BOTH
    controlled: set[str] = set()
    for policy in policies:
        if policy["mode"].text != "Off":
            controlled |= {each.text for each in policy["controlledResources"]} or _BOTH
    return frozenset(controlled)
