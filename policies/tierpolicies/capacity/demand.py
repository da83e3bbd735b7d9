"""Who asks for what on which pool of nodes."""

from collections.abc import Iterable
from dataclasses import dataclass

from tierpolicies.capacity.model.features import features
from tierpolicies.capacity.model.tolerations import toleration as read_toleration
from tierpolicies.capacity.requests import pod_request
from tierpolicies.capacity.resources import Resources
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload
from tierpolicies.platform import Platform, PodRequest, Pool, Taint


@dataclass(frozen=True, slots=True)
class Consumer:
    """Equal pods on one pool: each one's request, and how many there are at rest."""

    name: str
    tier: str
    request: Resources
    replicas: int
    per_node: bool
    workload: Workload | None = None

    def pods(self, nodes: int) -> int:
        """Pods at rest on a pool of so many nodes."""
        return nodes if self.per_node else self.replicas

    def total(self, nodes: int) -> Resources:
        """What its pods at rest ask for together."""
        return self.request * self.pods(nodes)

    @property
    def finishes(self) -> bool:
        """Whether the pods are those of a job."""
        return self.workload is not None and self.workload.finishes


def consumers(index: Index, platform: Platform, pool: Pool) -> list[Consumer]:
    """Everybody who runs on a pool, or may: what several pools could take counts on each."""
    version = features(platform.kubernetes)
    found = [
        Consumer(
            name=str(workload.manifest.name),
            tier=workload.labels.get("tier", ""),
            request=pod_request(workload.pod, version),
            replicas=workload.replicas,
            per_node=workload.per_node,
            workload=workload,
        )
        for workload in index.workloads
        if pool in pools_of(workload.pod, platform)
    ]
    return found + [_declared(pod) for pod in platform.pods if _runs_on(pod, platform, pool)]


def pools_of(pod: View, platform: Platform) -> list[Pool]:
    """The pools whose labels a pod selects and whose taints it tolerates."""
    selector = pod["nodeSelector"].labels
    return [
        pool
        for pool in platform.pools
        if selector.items() <= pool.labels.items()
        and all(tolerated(pod["tolerations"], taint) for taint in pool.taints)
    ]


def tolerated(tolerations: Iterable[View], taint: Taint) -> bool:
    """Whether a taint keeps no pod with these tolerations away."""
    return taint.effect == "PreferNoSchedule" or any(
        tolerates(toleration, taint) for toleration in tolerations
    )


def tolerates(toleration: View, taint: Taint) -> bool:
    """Whether one toleration matches a taint."""
    return read_toleration(toleration).bears(taint)


def total(consumers: Iterable[Consumer], *, nodes: int) -> Resources:
    """The sum of requests at rest, those on every node counted once a node."""
    return sum((each.total(nodes) for each in consumers), start=Resources())


def _declared(pod: PodRequest) -> Consumer:
    request = Resources(pod.cpu_milli, pod.memory_bytes)
    tier = pod.tier or ""
    return Consumer(pod.name, tier, request, pod.replicas, pod.per_node)


def _runs_on(pod: PodRequest, platform: Platform, pool: Pool) -> bool:
    if pod.tier is not None:
        tier = platform.tier(pod.tier)
        return tier is not None and tier.pool == pool.name
    hard = [taint for taint in pool.taints if taint.effect != "PreferNoSchedule"]
    return pod.per_node or not hard
