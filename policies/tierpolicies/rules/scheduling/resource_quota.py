"""The ResourceQuota of a namespace has no room for its pods.

## What it does
Holds the pods of a namespace at rest against its ResourceQuotas, with what LimitRanges fill in: a container
without the request or limit that a quota counts, and all pods together. Quotas with scopes are left out.

## Why is this bad
Admission refuses the pod that is too many: replicas are missing, an update stands still, and only the
events of the ReplicaSet say why.

## Example
```yaml
kind: ResourceQuota
spec: {hard: {pods: "2"}}
---
spec: {replicas: 3}   # a Deployment of the same namespace
```

## Use instead
```yaml
kind: ResourceQuota
spec: {hard: {pods: "4"}}
```
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.workloads.container_resources import LimitRanges, asking
from tierpolicies.workloads.namespace_limits import PODS, Hard, effective, hard_limits, limited


@rule(
    needs=("ResourceQuota",),
    severity=Severity.ERROR,
    remediation="Raise the quota, or lower what its pods ask for.",
    rests_on=("LimitRange",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each quota that is too small, and each container that one refuses."""
    ranges = LimitRanges(context.index, context.overlays)
    for hard in hard_limits(context.index):
        workloads = limited(context, hard.quota)
        yield from _refused(ranges, hard, workloads)
        rest = sum((hard.at_rest(ranges, each) for each in workloads), start=Fraction(0))
        if rest > hard.amount:
            what = "pods" if hard.section == PODS else hard.section
            message = f"the {what} at rest are {hard.said(rest)}, and the quota has {hard.said(hard.amount)}"
            yield Fault(message, hard.quota, hard.at)


def _refused(ranges: LimitRanges, hard: Hard, workloads: Sequence[Workload]) -> Iterator[Fault]:
    if hard.section == PODS:
        return
    for workload in workloads:
        if workload.pod["resources"][hard.section][hard.resource]:
            continue
        for container in asking(workload.own):
            if effective(ranges, container, hard.section, hard.resource) is None:
                lack = f"the container {container.name!r} has no {hard.resource} {hard.section[:-1]}"
                message = f"{lack}, and the ResourceQuota {hard.quota.name} asks for one"
                at = container["resources"][hard.section][hard.resource]
                yield Fault(message, workload.manifest, at, detail=hard.quota.name)
