"""An autoscaler's maximum does not fit the nodes that its tier may grow to.

## What it does
Looks for a place for all pods with all autoscalers at their maximum on the nodes that a tier may grow to,
and notes for each autoscaler how many nodes, and dollars, its maximum alone needs.

## Why is this bad
Under load, when it matters, the added pods stay pending.

## Example
```yaml
maxReplicas: 10   # four nodes' worth, where the tier may grow to three
```

## Use instead
```yaml
maxReplicas: 8
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.judged import about as fault_places
from tierpolicies.capacity.judged import capacity, workloads_of
from tierpolicies.capacity.scenarios.table import Row
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.platform import Platform


@rule(
    needs=(PLATFORM,), severity=Severity.ERROR, remediation="Lower maxReplicas, or let the tier grow further."
)
def check(context: Context) -> Iterator[Fault]:
    """Reports pools that cannot hold the maxima, and notes what each maximum needs."""
    found, platform = context.once(capacity), context.platform
    if found is None or platform is None:
        return
    every = [row for row in found.of("maximum") if row.scenario == "maximum"]
    alone = [row for row in found.of("maximum") if row.scenario != "maximum"]
    rest = {row.pool: row.nodes_needed for row in found.of("rest")}
    for row, about, source in fault_places(platform, every or alone):
        # What it needs at rest already is told of rest.
        least = rest.get(row.pool)
        if not row.fits and least is not None and (row.nodes_needed is None or row.nodes_needed > least):
            here = (each for each in alone if each.pool == row.pool)
            scaled = (workload for each in here for workload in workloads_of(context, each))
            names = ", ".join(f"{each.manifest.name} {each.max_replicas}" for each in scaled)
            message = (
                f"with every autoscaler at its maximum ({names}) {row.pool} needs {_nodes(row, platform)} "
                f"and may grow to {row.most_nodes}"
            )
            yield Fault(message, subject=about, source=source)
    for row in alone:
        for workload in workloads_of(context, row):
            price = "" if row.usd_month is None else f", ${row.usd_month:g} a month"
            message = (
                f"at its maximum of {workload.max_replicas} {workload.manifest.name} needs "
                f"{_nodes(row, platform)} in {row.pool}{price}"
            )
            yield Fault(message, workload.scaler, "/spec/maxReplicas", severity=Severity.NOTE)


def _nodes(row: Row, platform: Platform) -> str:
    if row.nodes_needed is None:
        return "more than any number of nodes can give"
    instance = next((each.instance for each in platform.pools if each.name == row.pool), "")
    return f"{row.nodes_needed} x {instance or 'a node'}"
