"""A workload's priority is not one of its tier's.

## What it does
Looks up the value of each workload's PriorityClass: tier's base <= value < base + 1000. DaemonSets without
a tier label are left out, and so are the system's own classes. A class that is not among those of the tree
is references/priority-class's.

## Why is this bad
When room is short the pods of another tier push it out, or it pushes out theirs.

## Example
```yaml
metadata: {labels: {tier: data}}
spec: {priorityClassName: api}
```

## Use instead
```yaml
metadata: {labels: {tier: data}}
spec: {priorityClassName: data}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.platform import Tier

PRIORITIES = 1000
"""How many values of priority each tier has above its base."""

_SYSTEM_CLASSES = ("system-cluster-critical", "system-node-critical")


@rule(
    needs=(PLATFORM,),
    severity=Severity.ERROR,
    remediation="Name a PriorityClass of the tier.",
    rests_on=("PriorityClass",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload of another priority."""
    platform = context.platform
    if platform is None:
        return
    for workload in context.index.workloads:
        tier = platform.tier(workload.labels.get("tier", ""))
        if tier is not None:
            yield from _priority(context.index, workload, tier)


def _priority(index: Index, workload: Workload, tier: Tier) -> Iterator[Fault]:
    name = workload.pod["priorityClassName"]
    if name.text in _SYSTEM_CLASSES:
        return
    priority_class = index.find("PriorityClass", name.text)
    if priority_class is None:
        if not name or next(index.of_kind("PriorityClass"), None) is None:
            told = f"the PriorityClass {name.text!r} is not there" if name else "no priorityClassName"
            yield Fault(f"{told}; tier {tier.name!r} starts at {tier.priority}", workload.manifest, name)
        return
    value = priority_class.view["value"].integer
    if value is None or not tier.priority <= value < tier.priority + PRIORITIES:
        allowed = f"{tier.priority} to {tier.priority + PRIORITIES - 1}"
        message = f"{name.text!r} has priority {value}; tier {tier.name!r} has {allowed}"
        yield Fault(message, workload.manifest, name)
