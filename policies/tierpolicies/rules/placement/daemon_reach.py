"""A DaemonSet does not reach all nodes.

## What it does
Reports DaemonSets that belong to no tier and choose no nodes, and do not tolerate a taint of a pool. Those
of one tier are placement/tier-agreement's.

## Why is this bad
What runs on every node - log shippers, metrics, storage drivers - is missing on the nodes that have the
taint, and nobody misses it until it is needed there.

## Example
```yaml
kind: DaemonSet
spec: {template: {spec: {tolerations: []}}}   # on a cluster with tainted nodes
```

## Use instead
```yaml
tolerations: [{operator: Exists, effect: NoSchedule}]
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.demand import tolerated
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.node_terms import terms


@rule(
    needs=(PLATFORM,),
    severity=Severity.WARNING,
    remediation="Tolerate the taints of all nodes that it is for.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each taint that keeps one away."""
    if context.platform is None:
        return
    for workload in context.index.workloads:
        if not workload.per_node or workload.labels.get("tier"):
            continue
        if workload.pod["nodeSelector"].value or terms(workload.own):
            continue
        tolerations = workload.pod["tolerations"]
        for pool in context.platform.pools:
            taint = next((each for each in pool.taints if not tolerated(tolerations, each)), None)
            if taint is not None:
                message = f"the nodes of {pool.name} carry {taint}, so that it does not run there"
                yield Fault(message, workload.manifest, tolerations, detail=pool.name)
