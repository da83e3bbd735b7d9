"""An autoscaler's maximum does not fit the nodes that its tier may grow to.

## What it does
Packs every pool with all autoscalers at their maximum on the nodes it may grow to, and notes for
each autoscaler how many nodes, and dollars at the owner's price, its maximum alone needs.

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
from dataclasses import replace

from tierpolicies.capacity.demand import consumers, nodes_needed
from tierpolicies.capacity.nodes import allocatable
from tierpolicies.capacity.pools import subject
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=(PLATFORM,), severity=Severity.ERROR, remediation="Lower maxReplicas, or let the tier grow further."
)
def check(context: Context) -> Iterator[Fault]:
    """Reports pools that cannot hold the maxima, and notes what each maximum needs."""
    platform = context.platform
    if platform is None:
        return
    for pool in platform.pools:
        node = allocatable(pool)
        everybody = [e for e in consumers(context.index, platform, pool) if not e.finishes]
        scaled = [each for each in everybody if each.workload and each.workload.scaler]
        if node is None or not scaled:
            continue
        needed = nodes_needed(everybody, node, at_most=True)
        if needed > max(pool.max_nodes, nodes_needed(everybody, node)):
            names = ", ".join(f"{each.name} {each.max_replicas}" for each in scaled)
            message = (
                f"with every autoscaler at its maximum ({names}) {pool.name} needs "
                f"{needed} x {pool.instance} and may grow to {pool.max_nodes}"
            )
            yield Fault(message, subject=subject(platform, pool), source=pool.source)
        for each in scaled:
            alone = [replace(each, replicas=each.max_replicas), *(e for e in everybody if e is not each)]
            count = nodes_needed(alone, node)
            price = "" if pool.usd_month is None else f", ${pool.usd_month * count:g} a month"
            message = (
                f"at its maximum of {each.max_replicas} {each.name} needs "
                f"{count} x {pool.instance} in {pool.name}{price}"
            )
            scaler = each.workload.scaler if each.workload else None
            yield Fault(message, scaler, "/spec/maxReplicas", severity=Severity.NOTE)
