"""The updates of a tier have no room at the same time.

## What it does
Adds up the pods that the updates of a tier's Deployments add before any goes, one of each, and compares
them with the free room of its nodes at rest. Each alone finds room; scheduling/surge-room tells those that
do not.

## Why is this bad
When several change at once, as with one commit, some wait for the others with a pod pending, and run into
their deadlines.

## Example
```yaml
strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}   # in three Deployments, with room for one pod
```

## Use instead
```yaml
strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.resources import Resources
from tierpolicies.capacity.surge import rolling
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.rollout import rollout


@rule(
    needs=(PLATFORM,),
    severity=Severity.WARNING,
    remediation="Set maxSurge 0 and maxUnavailable 1, or make room.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports the updates that cannot run together."""
    for update in rolling(context.index, context.platform):
        alone = [(workload, request) for workload, request in update.pods if request <= update.free]
        needed = sum((request for _, request in alone), start=Resources())
        if needed <= update.free:
            continue
        names = ", ".join(workload.manifest.name for workload, _ in alone)
        for workload, _ in alone:
            message = f"one more pod of each of {names} is {needed}, and {update.pool} has {update.free} left"
            yield Fault(message, workload.manifest, rollout(workload).surge_at)
