"""A rolling update has no room for the pod that it adds first.

## What it does
Runs the update of each workload as its controller does, with the scheduler placing what it adds beside
all that is there at rest. Without a strategy an update adds a quarter of the replicas, rounded up, and takes
none away up to three.

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

from tierpolicies.capacity.judged import capacity, workloads_of
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
    found = context.once(capacity)
    for row in found.beside("update") if found is not None else ():
        for workload in workloads_of(context, row):
            yield Fault(row.reason, workload.manifest, rollout(workload).surge_at)
