"""Which pending pods a change may help: the queueing hints of the plugins that refused them."""

from collections.abc import Callable, Iterable

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.filters import pod_affinity, topology_spread

_LASTING = frozenset(("NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "VolumeBinding"))


class Pending:
    """The pods that found no node, with the plugins that refused them."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._waiting: dict[int, dict[int, frozenset[str]]] = {}
        self._known: dict[tuple[int, int, str], bool] = {}

    def add(self, pod: int, template: int, plugins: Iterable[str]) -> None:
        """Takes in a pod that no node can take."""
        self._waiting.setdefault(template, {})[pod] = frozenset(plugins)

    def after_placing(self, came: int) -> list[int]:
        """Takes out the pods that one more pod of a template may help, in their order."""
        return self._taken(
            lambda template, plugins: any(self._helps(template, came, each) for each in plugins)
        )

    def after_eviction(self) -> list[int]:
        """Takes out the pods that less pods on a node may help, in their order."""
        return self._taken(lambda _, plugins: not plugins <= _LASTING)

    def _taken(self, is_helped: Callable[[int, frozenset[str]], bool]) -> list[int]:
        if not self._waiting:
            return []
        found = [
            (pod, template)
            for template, waiting in self._waiting.items()
            for pod, plugins in waiting.items()
            if is_helped(template, plugins)
        ]
        for pod, template in found:
            del self._waiting[template][pod]
            if not self._waiting[template]:
                del self._waiting[template]
        return sorted(pod for pod, _ in found)

    def _helps(self, template: int, came: int, plugin: str) -> bool:
        key = (template, came, plugin)
        if key not in self._known:
            gains = {
                pod_affinity.PLUGIN: pod_affinity.gains,
                topology_spread.PLUGIN: topology_spread.gains,
            }.get(plugin)
            self._known[key] = gains is not None and gains(self._cluster, template, came)
        return self._known[key]
