"""The required node affinity of a pod leaves it no node.

## What it does
Holds the required node affinity against the labels of the pools that the pod's nodeSelector and tolerations
allow. A label that no pool is said to have is not judged.

## Why is this bad
The pod stays pending for ever.

## Example
```yaml
nodeSelector: {tier: storage}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [hdd]}]}]   # no pool has it
```

## Use instead
```yaml
nodeSelector: {tier: storage}
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.demand import pools_of
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.node_terms import allows, terms


@rule(needs=(PLATFORM,), severity=Severity.ERROR, remediation="Name a label that the tier's nodes have.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod without a node."""
    platform = context.platform
    if platform is None:
        return
    known = {key for pool in platform.pools for key in pool.labels}
    for workload in context.index.workloads:
        if not terms(workload.own):
            continue
        pools = pools_of(workload.pod, platform)
        if pools and not any(allows(workload.own, pool.labels, known) for pool in pools):
            names = " and ".join(pool.name for pool in pools)
            message = f"the node affinity allows no node of {names}, where the pod may go otherwise"
            yield Fault(message, workload.manifest, terms(workload.own))
