"""A metric of an autoscaler has no target, or one that does not fit.

## What it does
Checks each metric of a HorizontalPodAutoscaler: the field that its type names must be there, its target
of a type that such a metric may have, with exactly the figure that the type means.

## Why is this bad
The API server refuses the autoscaler.

## Example
```yaml
- type: External
  external: {metric: {name: jobs}, target: {type: Utilization, averageUtilization: 70}}
```

## Use instead
```yaml
- type: External
  external: {metric: {name: jobs}, target: {type: AverageValue, averageValue: "10"}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import HORIZONTAL

_FIGURES = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}
_SOURCES = {
    "Resource": ("resource", ("Utilization", "AverageValue")),
    "ContainerResource": ("containerResource", ("Utilization", "AverageValue")),
    "Pods": ("pods", ("AverageValue",)),
    "Object": ("object", ("Value", "AverageValue")),
    "External": ("external", ("Value", "AverageValue")),
}


@rule(
    each=Manifest,
    kinds=(HORIZONTAL,),
    severity=Severity.ERROR,
    remediation="Give the metric a target of a type it may have, with that type's figure alone.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each metric that contradicts itself."""
    if manifest.subject.api_version not in ("autoscaling/v2", "autoscaling/v2beta2"):
        return  # the former versions have no types of targets
    for metric in manifest.view.at("spec", "metrics"):
        kind = metric["type"].text
        if kind not in _SOURCES:
            continue
        field, allowed = _SOURCES[kind]
        if not metric[field]:
            yield Fault(f"a metric of type {kind} needs the field {field}", manifest, metric[field])
        else:
            yield from _of_target(manifest, kind, metric[field]["target"], allowed)


def _of_target(manifest: Manifest, kind: str, target: View, allowed: tuple[str, ...]) -> Iterator[Fault]:
    chosen = target["type"].text
    if chosen not in _FIGURES:
        return  # schema/valid's
    if chosen not in allowed:
        message = f"a metric of type {kind} takes a target of type {' or '.join(allowed)}, not {chosen}"
        yield Fault(message, manifest, target["type"])
        return
    figure = target[_FIGURES[chosen]]
    if not figure:
        yield Fault(f"a target of type {chosen} needs {_FIGURES[chosen]}", manifest, figure)
    elif figure.integer is not None and figure.integer < 1:
        yield Fault(f"{_FIGURES[chosen]} must be above 0, it is {figure.integer}", manifest, figure)
    for other, name in _FIGURES.items():
        if other != chosen and target[name]:
            yield Fault(
                f"{name} beside a target of type {chosen}: there may be one figure", manifest, target[name]
            )
