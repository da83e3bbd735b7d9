"""The ResourceQuota of a namespace has room for its pods at rest, and for no more.

## What it does
Holds an autoscaler's maximum, and the pod that a rolling update adds before one goes, against the
ResourceQuotas of the namespace, beside what runs there at rest. Quotas with scopes are left out.

## Why is this bad
Under load, when it matters, the pods that are added are refused; and an update that has to add one first
stands still.

## Example
```yaml
kind: ResourceQuota
spec: {hard: {pods: "3"}}
---
spec: {minReplicas: 3, maxReplicas: 10}   # an autoscaler of the same namespace
```

## Use instead
```yaml
kind: ResourceQuota
spec: {hard: {pods: "11"}}
```
"""

from collections.abc import Iterator
from fractions import Fraction

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.workloads.container_resources import LimitRanges
from tierpolicies.workloads.namespace_limits import hard_limits, limited
from tierpolicies.workloads.rollout import rollout


@rule(
    needs=("ResourceQuota",),
    severity=Severity.WARNING,
    remediation="Raise the quota, or lower the maximum.",
    rests_on=("LimitRange",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each quota that does not let a workload grow."""
    ranges = LimitRanges(context.index, context.overlays)
    for hard in hard_limits(context.index):
        workloads = limited(context, hard.quota)
        rest = sum((hard.at_rest(ranges, each) for each in workloads), start=Fraction(0))
        if rest > hard.amount:
            continue  # scheduling/resource-quota reports it
        for workload in workloads:
            more, why = _more(workload)
            needed = rest + hard.of(ranges, workload) * more
            if more and needed > hard.amount:
                given = hard.said(hard.amount)
                message = f"{why}, {hard.said(needed)} with the others; the quota has {given}"
                yield Fault(message, hard.quota, hard.at, detail=workload.manifest.name)


def _more(workload: Workload) -> tuple[int, str]:
    """Pods that there are at times beyond those at rest, and when."""
    name, most = workload.manifest.name, workload.max_replicas
    if workload.finishes:
        return 0, ""
    if most > workload.replicas:
        return most - workload.replicas, f"{name} grows to {most} pods"
    return int(
        workload.replicas > 0 and rollout(workload).needs_room
    ), f"an update of {name} adds a pod first"
