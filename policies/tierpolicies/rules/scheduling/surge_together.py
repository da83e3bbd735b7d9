"""The updates of a tier have no room at the same time.

## What it does
Lets the scheduler place all pods that the updates of a tier's workloads add before one goes, beside all
that is there at rest. Each alone finds room; scheduling/surge-room tells those that do not.

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

from tierpolicies.capacity.judged import capacity, workloads_of
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
    found = context.once(capacity)
    if found is None:
        return
    stuck = {key for row in found.beside("update") for key in row.sets}
    for row in found.beside("updates"):
        if row.scenario == "updates" and not stuck & set(row.sets):
            adding = workloads_of(context, row)
            names = ", ".join(each.manifest.name for each in adding)
            message = f"what the updates of {names} add first has no room at once: {row.reason}"
            for workload in adding:
                yield Fault(message, workload.manifest, rollout(workload).surge_at)
