"""A quorum of replicas shares one node.

## What it does
Reports StatefulSets of three and more replicas whose pods can only run on one node.

## Why is this bad
A quorum then survives the loss of a pod, not that of the node: three replicas promise what they
cannot keep.

## Example
```yaml
kind: StatefulSet
spec: {replicas: 3}   # on a pool with one node
```

## Use instead
A pool of three nodes, or a waiver that names who accepted the risk.
"""

from collections.abc import Iterator

from tierpolicies.capacity.demand import pools_of
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_QUORUM = 3


@rule(
    needs=(PLATFORM,),
    severity=Severity.WARNING,
    remediation="Give the pool as many nodes as there are replicas, or waive it with a reason.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each such StatefulSet."""
    if context.platform is None:
        return
    for workload in context.index.workloads:
        if workload.manifest.kind != "StatefulSet" or workload.replicas < _QUORUM:
            continue
        pools = pools_of(workload.pod, context.platform)
        if sum(pool.nodes for pool in pools) == 1:
            message = (
                f"{workload.replicas} replicas share the one node of {pools[0].name}: "
                "the quorum survives a pod, not the node"
            )
            yield Fault(message, workload.manifest, "/spec/replicas")
