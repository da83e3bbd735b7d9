"""What the judge needs to know of a platform; plain data that the caller brings along."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from tierpolicies.engine.settings import Settings


class Place(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class Taint:
    """A taint of a node: `key=value:effect`; the effect is NoSchedule, NoExecute or the like."""

    key: str
    value: str
    effect: str

    def __str__(self) -> str:
        return f"{self.key}{'=' + self.value if self.value else ''}:{self.effect}"


@dataclass(frozen=True, slots=True)
class Pool:
    """Equal nodes.

    `cpu_milli` and `memory_bytes` are what Linux sees of one node; without them the dated table
    of instances answers. `reserved_cpu_milli` and `reserved_memory_bytes` are kept for the system, and
    `eviction_bytes` of memory for eviction; `max_pods`, where given, takes the place of the kubelet's 110.
    `usd_month` is the owner's own price of one node; `nodes` are there, `max_nodes` may be there.
    """

    name: str
    instance: str
    nodes: int
    max_nodes: int
    cpu_milli: int | None = None
    memory_bytes: int | None = None
    disk_gib: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    usd_month: float | None = None
    source: Place | None = None
    reserved_cpu_milli: int = 0
    reserved_memory_bytes: int = 0
    eviction_bytes: int = 100 * 2**20
    max_pods: int | None = None


@dataclass(frozen=True, slots=True)
class PodRequest:
    """Pods that no manifest shows: of Helm components, DaemonSets outside and static pods.

    A `per_node` pod runs on every node of its tier, or of the whole cluster where `tier` is None.
    A pod without a tier that is not per node may land on any node, so it counts in every tier.
    `volume_bytes` is what each of them claims of the default storage class.
    """

    name: str
    namespace: str
    tier: str | None
    cpu_milli: int
    memory_bytes: int
    replicas: int = 1
    per_node: bool = False
    volume_bytes: int = 0
    source: Place | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier: its number, the base of its priorities, its pool and its namespaces."""

    name: str
    number: int
    priority: int
    pool: str
    namespaces: tuple[str, ...] = ()
    source: Place | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody's word that a rule's finding about one object is accepted for a while.

    `object` is `Kind/namespace/name`, `Kind/name` without a namespace, or `Tier/name`; `pointer`, where
    given, narrows it to a value of the object and what is in it.
    """

    rule: str
    object: str
    owner: str
    reason: str
    expires: date | None
    source: Place | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """The owner's budget a month in US dollars, and what he pays beside the nodes."""

    usd_month: float
    extras: Mapping[str, float] = field(default_factory=dict)
    source: Place | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    """One environment of a platform.

    `kubernetes` is a version such as `1.28`; `cni` names the network plugin where it is known, and one
    with `vpc` in its name gives pods addresses of the VPC; `certificate_names` are the names of the load
    balancer's certificate; `settings` say what the project wants of the rules.
    """

    name: str
    environment: str
    kubernetes: str
    region: str
    cni: str
    tiers: tuple[Tier, ...]
    pools: tuple[Pool, ...]
    pods: tuple[PodRequest, ...] = ()
    budget: Budget | None = None
    certificate_names: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    settings: Settings = field(default_factory=Settings)
    source: Place | None = None

    @property
    def minor(self) -> tuple[int, int]:
        """Major and minor version of Kubernetes; (0, 0) where it is not written as one."""
        match = re.match(r"v?(\d+)\.(\d+)", self.kubernetes)
        return (int(match[1]), int(match[2])) if match else (0, 0)

    def pool(self, tier: Tier) -> Pool | None:
        """The pool whose nodes a tier has to itself."""
        return next((pool for pool in self.pools if pool.name == tier.pool), None)

    def tier(self, name: str) -> Tier | None:
        """The tier of a name."""
        return next((tier for tier in self.tiers if tier.name == name), None)
