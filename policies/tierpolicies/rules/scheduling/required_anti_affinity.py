"""Replicas that must each have a node of their own are more than the nodes.

## What it does
Counts the nodes that the pods may go to, for workloads whose required anti-affinity or ports of the node
keep them apart: at rest, at an autoscaler's maximum with the nodes there may be, and while an update adds a
pod before one goes. A topology other than the host is counted where the pools tell their labels.

## Why is this bad
The replicas that are too many stay pending for ever; an update that adds one first never ends.

## Example
```yaml
replicas: 3   # on a tier with one node
template:
  spec:
    affinity:
      podAntiAffinity:
        requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, …}]
```

## Use instead
`preferredDuringSchedulingIgnoredDuringExecution`, or topologySpreadConstraints with ScheduleAnyway.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from tierpolicies.capacity.demand import pools_of
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.platform import Pool
from tierpolicies.workloads.node_terms import allows
from tierpolicies.workloads.rollout import SCALED, rollout
from tierpolicies.workloads.spread import HOST, anti_affinity, host_ports, other_pods


@rule(
    needs=(PLATFORM,),
    severity=Severity.ERROR,
    remediation="Prefer to keep them apart instead of requiring it, or add nodes.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload that needs more nodes than there are."""
    platform = context.platform
    if platform is None:
        return
    known = {key for pool in platform.pools for key in pool.labels}
    for workload in context.index.workloads:
        if workload.manifest.kind not in SCALED:
            continue
        pools = pools_of(workload.pod, platform)
        pools = [pool for pool in pools if allows(workload.own, pool.labels, known)]
        faults = (_too_few(workload, *reason, pools) for reason in _keeps_apart(workload))
        yield from islice((each for found in faults for each in found), 1)


def _keeps_apart(workload: Workload) -> Iterator[tuple[View, str]]:
    """What gives each pod a domain of its own, and the label that tells domains apart."""
    for term in anti_affinity(workload.own):
        if term.is_required and other_pods(term, workload.own) is None:
            yield term.view, term.topology
    for port in host_ports(workload.own):
        yield port, HOST


def _too_few(workload: Workload, at: View, topology: str, pools: Sequence[Pool]) -> Iterator[Fault]:
    there, most = (_domains(pools, topology, is_most=is_most) for is_most in (False, True))
    if not there or not most:
        return
    where = f"{' and '.join(pool.name for pool in pools)} {'has' if len(pools) == 1 else 'have'}"
    if workload.replicas > there:
        message = f"{workload.replicas} replicas need {workload.replicas} nodes, and {where} {there}"
    elif workload.replicas == there and rollout(workload).needs_room:
        message = (
            f"an update adds a pod that needs a node of its own, and {where} {there} for {there} replicas"
        )
    elif workload.max_replicas > most:
        told = f"at its maximum of {workload.max_replicas} it needs as many nodes"
        message = f"{told}, and {where} {most} at most"
    else:
        return
    yield Fault(message, workload.manifest, at)


def _domains(pools: Sequence[Pool], topology: str, *, is_most: bool) -> int:
    """How many domains the nodes have; none where nobody can say."""
    if topology == HOST:
        return sum(max(pool.nodes, pool.max_nodes) if is_most else pool.nodes for pool in pools)
    labels = [pool.labels.get(topology) for pool in pools]
    return 0 if None in labels else len(set(labels))
