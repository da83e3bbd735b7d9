"""A pod requests more than any node can give.

## What it does
Compares what the scheduler counts for each pod with one empty node of each pool that the pod may go to,
less the kubelet's eviction threshold and the pods that run on every node.

## Why is this bad
The pod stays pending for ever, however many nodes are added.

## Example
```yaml
resources: {requests: {cpu: "3"}}   # on nodes with two CPUs
```

## Use instead
```yaml
resources: {requests: {cpu: 500m}}
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.demand import consumers, pools_of
from tierpolicies.capacity.model.features import features
from tierpolicies.capacity.nodes import allocatable
from tierpolicies.capacity.requests import pod_request
from tierpolicies.capacity.resources import Resources
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.platform import Platform, Pool


@rule(
    needs=(PLATFORM,),
    severity=Severity.ERROR,
    remediation="Lower the requests, or give the tier larger nodes.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod that is too large."""
    platform = context.platform
    if platform is None:
        return
    room = {pool.name: _room(context.index, platform, pool) for pool in platform.pools}
    for workload in context.index.workloads:
        rooms = [room[pool.name] for pool in pools_of(workload.pod, platform)]
        known = [each for each in rooms if each is not None]
        request = pod_request(workload.pod, features(platform.kubernetes))
        if not rooms or len(known) < len(rooms) or workload.per_node:
            continue
        if not any(request <= each for each in known):
            largest = max(known, key=lambda each: (each.cpu_milli, each.memory_bytes))
            message = f"a pod requests {request}, and the largest empty node has {largest}"
            yield Fault(message, workload.manifest, workload.pod["containers"])


def _room(index: Index, platform: Platform, pool: Pool) -> Resources | None:
    """What one node gives to pods that are not on every node; nothing where its size is unknown."""
    node = allocatable(pool)
    if node is None:
        return None
    return node - sum(
        (each.request for each in consumers(index, platform, pool) if each.per_node), start=Resources()
    )
