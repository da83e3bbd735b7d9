"""A tier's pods at rest request more than its nodes can give.

## What it does
Sums the requests of everything on a pool of nodes - replicas at rest (an autoscaler's minimum),
DaemonSets on every node, static pods and the declared pods of Helm components - where the proof that
pods at rest cannot all be placed comes down to CPU or memory. A node gives its capacity less the kubelet's
eviction threshold. A job must find room beside what runs.

## Why is this bad
Pods stay pending, or push out pods of less priority.

## Example
```yaml
replicas: 3
resources: {requests: {cpu: 500m, memory: 1Gi}}   # on one node of 2 CPUs, beside others
```

## Use instead
```yaml
replicas: 3
resources: {requests: {cpu: 250m, memory: 512Mi}}
```
"""

from collections.abc import Iterator, Sequence

from tierpolicies.capacity.demand import Consumer, consumers, total
from tierpolicies.capacity.judged import about as fault_places
from tierpolicies.capacity.judged import capacity, workloads_of
from tierpolicies.capacity.model.requests import CPU, MEMORY
from tierpolicies.capacity.nodes import allocatable
from tierpolicies.capacity.pools import subject
from tierpolicies.capacity.resources import Resources
from tierpolicies.data.tables import instances
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.platform import Pool
from tierpolicies.quantity import bytes_text, cpu_text

_LARGEST = 3


@rule(
    needs=(PLATFORM,),
    severity=Severity.ERROR,
    remediation="Lower requests or replicas, move a workload to another tier, or add a node.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pool that is too small, and each job that finds no room."""
    platform = context.platform
    if platform is None:
        return
    for pool in platform.pools:
        if allocatable(pool) is None:
            hint = nearest(pool.instance, instances())
            message = f"the capacity of {pool.instance!r} is not known{hint}: give its CPU and memory"
            yield Fault(message, subject=subject(platform, pool), source=pool.source)
    found = context.once(capacity)
    if found is None:
        return
    for row, about, source in fault_places(platform, found.of("rest")):
        pool = next(each for each in platform.pools if each.name == row.pool)
        node = allocatable(pool)
        if row.fits or node is None:
            continue
        running = [each for each in consumers(context.index, platform, pool) if not each.finishes]
        has_too_much = not total(running, nodes=pool.nodes) <= node * pool.nodes
        if has_too_much or row.resource in (CPU, MEMORY):
            message = f"{about.kind.lower()} {about.name!r} {_too_small(pool, node * pool.nodes, running)}"
            yield Fault(message, subject=about, source=source)
    for row in found.beside("job"):
        for job in workloads_of(context, row):
            yield Fault(f"finds no room beside what runs: {row.reason}", job.manifest)


def _too_small(pool: Pool, given: Resources, running: Sequence[Consumer]) -> str:
    asked = total(running, nodes=pool.nodes)
    over = asked - given
    missing = [f"{cpu_text(over.cpu_milli)} CPU"] if over.cpu_milli > 0 else []
    missing += [f"{bytes_text(over.memory_bytes)} memory"] if over.memory_bytes > 0 else []
    told = f"{' and '.join(missing)} too much" if missing else "which would fit only if pods could be split"

    def share(consumer: Consumer) -> tuple[float, str]:
        part = consumer.total(pool.nodes)
        cpu = part.cpu_milli / max(given.cpu_milli, 1)
        return max(cpu, part.memory_bytes / max(given.memory_bytes, 1)), consumer.name

    largest = sorted(running, key=share, reverse=True)[:_LARGEST]
    named = ", ".join(f"{each.name} ({each.total(pool.nodes)})" for each in largest)
    return (
        f"requests {asked} at rest where {pool.nodes} x {pool.instance or 'a node'} can give {given}: "
        f"{told}; the largest: {named}"
    )
