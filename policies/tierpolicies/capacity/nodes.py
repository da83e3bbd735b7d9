"""What a node can give to pods."""

from tierpolicies.capacity.resources import Resources
from tierpolicies.data.tables import instances
from tierpolicies.platform import Pool


def allocatable(pool: Pool) -> Resources | None:
    """What one node of a pool can give: capacity - reserved - eviction; kubeadm reserves nothing.

    Nothing where neither the pool says its capacity nor a table knows its instance type.
    """
    instance = instances().get(pool.instance)
    cpu, memory = pool.cpu_milli, pool.memory_bytes
    if instance is not None:
        cpu = instance.cpu_milli if cpu is None else cpu
        memory = instance.memory_bytes if memory is None else memory
    if cpu is None or memory is None:
        return None
    return Resources(cpu - pool.reserved_cpu_milli, memory - pool.reserved_memory_bytes - pool.eviction_bytes)
