"""An autoscaler scales something that is not there.

## What it does
Looks up what `scaleTargetRef` names, by kind, name and group, in the autoscaler's namespace:
HorizontalPodAutoscalers, KEDA's ScaledObjects and VerticalPodAutoscalers. A kind of one's own is looked up
where the tree has objects of that kind; where a chart or an operator may make the target nothing is said.

## Why is this bad
The autoscaler says FailedGetScale, and the number of pods stays what it is under any load.

## Example
```yaml
scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wbe}   # beside a Deployment web
```

## Use instead
```yaml
scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import BRINGERS, Absence
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import WORKLOAD_KINDS
from tierpolicies.workloads.scaling import SCALERS, VERTICAL, Scaler, scalers


@rule(
    needs=(*SCALERS, VERTICAL),
    severity=Severity.ERROR,
    remediation="Name the workload that is to be scaled, with its kind and apiVersion.",
    rests_on=(PODS, *BRINGERS),
    known_as=(
        "kube-linter:dangling-horizontalpodautoscaler",
        "kube-score:horizontalpodautoscaler-has-target",
    ),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each target that is missing."""
    for scaler in scalers(context.index, vertical=True):
        target = context.index.find(scaler.kind, scaler.name, scaler.namespace)
        if target is None:
            yield from _missing(context, scaler)
        elif target.group != scaler.group:
            at = scaler.target["apiVersion"]
            told = f"apiVersion {at.text}" if at.text else "no apiVersion"
            right = target.subject.api_version
            message = f"{told} names no {scaler.kind}: that of {scaler.name} is {right}"
            yield Fault(message, scaler.manifest, at)


def _missing(context: Context, scaler: Scaler) -> Iterator[Fault]:
    index, home, kind = context.index, scaler.namespace, scaler.kind
    same_kind = list(index.of_kind(kind))
    if kind not in WORKLOAD_KINDS and not same_kind:
        return
    homes = [each.namespace for each in same_kind]
    homes += [each.manifest.namespace for each in index.workloads]
    elsewhere = [each.namespace or DEFAULT_NAMESPACE for each in same_kind if each.name == scaler.name]
    absence = context.outside.absence(home, PODS, [*homes, *([home] if elsewhere else ())])
    if absence is Absence.UNKNOWN:
        return
    other = next(
        (each.manifest.kind for each in index.at_home(home) if each.manifest.name == scaler.name), ""
    )
    if other:
        hint = f"; {scaler.name} is a {other}"
    elif elsewhere:
        hint = f"; it is in {elsewhere[0]}"
    else:
        known = [each.name for each in same_kind if (each.namespace or DEFAULT_NAMESPACE) == home]
        hint = nearest(scaler.name, known)
    message = f"there is no {kind} {scaler.name!r} in {home}{hint}"
    yield Fault(message, scaler.manifest, scaler.target["name"], severity=absence.severity)
