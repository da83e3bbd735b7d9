"""Who makes pods on a platform, how many there are, and how many there may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from tierpolicies.capacity.model.features import Features, features
from tierpolicies.capacity.model.node import Node
from tierpolicies.capacity.model.pod import Load, Pod, Template, Volume, read_template
from tierpolicies.capacity.model.requests import ATTACHED, CPU, MEMORY, STORAGE, Amounts, ModelError
from tierpolicies.capacity.model.selectors import Requirement
from tierpolicies.capacity.model.tolerations import Toleration, untolerated
from tierpolicies.capacity.scenarios.supply import POOL
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.workload import Workload
from tierpolicies.platform import Place, Platform, PodRequest, Taint
from tierpolicies.quantity import QuantityError, parse
from tierpolicies.workloads.container_resources import REQUESTS, LimitRanges
from tierpolicies.workloads.rollout import Rollout, rollout

_ANY = (Toleration("", "Exists", "", ""),)
_SYSTEM = 2_000_000_000
"""The priority of system-cluster-critical."""
_EXCLUSIVE = "ReadWriteOncePod"
_DAEMONS = tuple(
    Toleration(f"node.kubernetes.io/{condition}", "Exists", "", "")
    for condition in (
        "not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable",
    )
)  # fmt: skip
"""What the DaemonSet controller lets its pods bear."""


@dataclass(frozen=True)
class PodSet:
    """Equal pods of one maker: at rest `replicas`, at an autoscaler's maximum `most`.

    A set that is `per_node` has a pod on each node that it may go to; one that `finishes` is not there at
    rest. `tier` is empty for what belongs to none. `key` tells it from all others, `kind/namespace/name`.
    """

    key: str
    name: str
    tier: str
    template: Template
    replicas: int
    most: int
    per_node: bool = False
    finishes: bool = False
    workload: Workload | None = None
    source: Place | None = None

    @cached_property
    def rollout(self) -> Rollout | None:
        """How an update replaces the pods; nothing for what no manifest shows."""
        return rollout(self.workload) if self.workload is not None else None

    @property
    def is_scaled(self) -> bool:
        """Whether an autoscaler may add pods."""
        return self.most > self.replicas

    def admits(self, node: Node) -> bool:
        """Whether its pods may go to a node, by labels and taints."""
        given = self.template
        return given.admits(node.name, node.labels) and untolerated(node.taints, given.tolerations) is None

    def pods(self, count: int, *, first: int = 0) -> Iterator[Pod]:
        """So many of its pods, to be scheduled."""
        for number in range(first, first + count):
            yield Pod(f"{self.name}-{number}", self.template, workload=self.name)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A workload that could not be counted, and why."""

    workload: Workload
    error: ModelError


def key_of(workload: Workload) -> str:
    """What tells a workload from all others, `kind/namespace/name`."""
    manifest = workload.manifest
    return f"{manifest.kind}/{manifest.namespace or DEFAULT_NAMESPACE}/{manifest.name}"


def pod_sets(index: Index, platform: Platform) -> tuple[list[PodSet], list[Unreadable]]:
    """Everybody who makes pods, those that no manifest shows first; and who could not be understood."""
    found = [_declared(pod, platform) for pod in platform.pods]
    reader = _Reader(index, platform)
    unreadable = []
    for workload in index.workloads:
        try:
            found.append(reader.read(workload))
        except ModelError as error:
            unreadable.append(Unreadable(workload, error))
    return found, unreadable


def with_counts(each: PodSet, *, replicas: int | None = None, most: int | None = None) -> PodSet:
    """The set with other numbers of pods; a maximum is never below what there is at rest."""
    at_rest = each.replicas if replicas is None else replicas
    return replace(each, replicas=at_rest, most=max(each.most if most is None else most, at_rest))


class _Reader:
    """Turns workloads into sets with what the tree says of priorities, limits and claims."""

    def __init__(self, index: Index, platform: Platform) -> None:
        self._index = index
        self._version: Features = features(platform.kubernetes)
        self._ranges = LimitRanges(index)
        self._tiers = {name: tier.name for tier in platform.tiers for name in tier.namespaces}
        self._known = {tier.name for tier in platform.tiers}
        self._priorities = {
            each.name: each.view["value"].integer or 0 for each in index.of_kind("PriorityClass")
        }
        for each in index.of_kind("PriorityClass"):
            if each.view["globalDefault"].value is True:
                self._priorities[""] = each.view["value"].integer or 0

    def read(self, workload: Workload) -> PodSet:
        manifest = workload.manifest
        namespace = manifest.namespace or DEFAULT_NAMESPACE
        volumes, attached = self._volumes(workload, namespace)
        key = key_of(workload)
        template = read_template(
            workload.pod,
            namespace=namespace,
            labels=workload.labels,
            features=self._version,
            owner=key,
            volumes=volumes,
            priorities=self._priorities,
            defaults=self._defaults(workload),
            attached=attached,
        )
        if workload.per_node:
            template = replace(template, tolerations=(*template.tolerations, *_DAEMONS))
        said = workload.labels.get("tier", "")
        return PodSet(
            key=key,
            name=manifest.name,
            tier=said if said in self._known else self._tiers.get(namespace, ""),
            template=template,
            replicas=max(workload.replicas, 0),
            most=max(workload.max_replicas, workload.replicas, 0),
            per_node=workload.per_node,
            finishes=workload.finishes,
            workload=workload,
        )

    def _defaults(self, workload: Workload) -> Amounts:
        found = {}
        for resource in (CPU, MEMORY, STORAGE):
            _, given = self._ranges.default(workload.manifest, REQUESTS, resource)
            try:
                if given:
                    found[resource] = parse(given.value)
            except QuantityError as error:
                raise ModelError(given, str(error)) from None
        return found

    def _volumes(self, workload: Workload, namespace: str) -> tuple[tuple[Volume, ...], int]:
        """The claims that pods share, and how many each has of its own."""
        attached = sum(1 for _ in workload.manifest.view.at("spec", "volumeClaimTemplates"))
        shared = []
        for volume in workload.pod["volumes"]:
            claim = volume["persistentVolumeClaim"]["claimName"].text
            attached += bool(volume["ephemeral"])
            if claim and workload.max_replicas <= 1:
                attached += 1
            elif claim:
                shared.append(Volume(f"{namespace}/{claim}", exclusive=self._is_exclusive(claim, namespace)))
        return tuple(shared), attached

    def _is_exclusive(self, claim: str, namespace: str) -> bool:
        manifest = self._index.find("PersistentVolumeClaim", claim, namespace)
        modes: View = manifest.view.at("spec", "accessModes") if manifest is not None else View(None)
        return any(each.text == _EXCLUSIVE for each in modes)


def _declared(pod: PodRequest, platform: Platform) -> PodSet:
    """Pods of a chart or of the cluster itself: pinned to their tier's pool, if they have one."""
    tier = platform.tier(pod.tier) if pod.tier is not None else None
    load = Load(pod.cpu_milli, pod.memory_bytes)
    scored = Load(pod.cpu_milli or 100, pod.memory_bytes or 200 * 2**20)
    request = {CPU: pod.cpu_milli, MEMORY: pod.memory_bytes, ATTACHED: int(pod.volume_bytes > 0)}
    pinned: Mapping[str, str] = {POOL: tier.pool} if tier is not None else {}
    pool = platform.pool(tier) if tier is not None else None
    taints = pool.taints if pool is not None else ()
    key = f"Pod/{pod.namespace}/{pod.name}"
    template = Template(
        namespace=pod.namespace,
        request=tuple(sorted((name, amount) for name, amount in request.items() if amount)),
        counted=scored,
        weighed=scored,
        balanced=load,
        # What runs there already is never pushed out by what comes.
        priority=_SYSTEM,
        node_selector=tuple(Requirement(name, "In", (value,)) for name, value in pinned.items()),
        tolerations=_ANY if pod.per_node else tuple(_bears(taint) for taint in taints),
        owner=key,
    )
    replicas = pod.replicas
    return PodSet(
        key, pod.name, pod.tier or "", template, replicas, replicas, pod.per_node, source=pod.source
    )


def _bears(taint: Taint) -> Toleration:
    return Toleration(taint.key, "Exists", "", taint.effect)
