"""A rolling update has no room for the pod that it adds first.

## What it does
Looks at updates in which no pod may be unavailable, so that a new one has to be ready before an old one
goes, and asks whether the free room of the tier's nodes at rest holds it. Without a strategy an update adds
a quarter of the replicas, rounded up, and takes none away up to three.

## Why is this bad
The new pod stays pending, and the update never ends.

## Example
```yaml
strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}   # on a full node
```

## Use instead
```yaml
strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.surge import rolling
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.rollout import rollout


@rule(
    needs=(PLATFORM,),
    severity=Severity.ERROR,
    remediation="Set maxSurge 0 and maxUnavailable 1, or make room.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each update that cannot end."""
    for update in rolling(context.index, context.platform):
        for workload, request in update.pods:
            if not request <= update.free:
                message = f"an update adds a pod of {request} first, and {update.pool} has {update.free} left"
                yield Fault(message, workload.manifest, rollout(workload).surge_at)
