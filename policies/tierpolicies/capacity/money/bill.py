"""What the platform costs a month: the owner's own line, and the whole bill by a price table."""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.data.tables import Prices, prices
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.index import Index
from tierpolicies.platform import Platform
from tierpolicies.quantity import QuantityError, parse_bytes

_DEFAULT_CLASS = "gp3"
_GIB = 2**30
_GROUP = "alb.ingress.kubernetes.io/group.name"
_IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the bill; `usd_month` is nothing where no table has its price."""

    item: str
    usd_month: float | None


@dataclass(frozen=True, slots=True)
class Bill:
    """All items with the table they are priced by; without a table for the region, no price."""

    region: str
    table: Prices | None
    lines: tuple[Line, ...]

    @property
    def usd_month(self) -> float:
        """The sum of the items whose price is known."""
        return sum(line.usd_month or 0.0 for line in self.lines)

    @property
    def missing(self) -> tuple[str, ...]:
        """The items whose price is to be asked for."""
        return tuple(line.item for line in self.lines if line.usd_month is None)


def owner_cost(platform: Platform) -> float | None:
    """Nodes at the owner's prices plus his extras; nothing where a node has no price."""
    if any(pool.usd_month is None for pool in platform.pools) or not platform.pools:
        return None
    nodes = sum((pool.usd_month or 0) * pool.nodes for pool in platform.pools)
    return nodes + (sum(platform.budget.extras.values()) if platform.budget is not None else 0)


def bill(index: Index, platform: Platform) -> Bill:
    """Nodes, root disks, volumes, load balancers, public addresses and extras, priced where possible."""
    table = prices(platform.region)
    return Bill(platform.region, table, tuple(_lines(index, platform, table)))


def _lines(index: Index, platform: Platform, table: Prices | None) -> Iterator[Line]:
    for pool in platform.pools:
        price = table.node_month(pool.instance) if table is not None else None
        cost = None if price is None else price * pool.nodes
        yield Line(f"{pool.nodes} x {pool.instance} ({pool.name})", cost)
    disks = sum(pool.disk_gib * pool.nodes for pool in platform.pools)
    for what, kind, gib in [("root disks", _DEFAULT_CLASS, disks), *_volumes(index, platform)]:
        if gib:
            cost = table.volume_month(kind, gib) if table is not None else None
            yield Line(f"{what}, {gib:g} GiB {kind}", cost)
    balancers = _load_balancers(index)
    if balancers:
        price = table.load_balancer_month("application") if table is not None else None
        cost = None if price is None else price * balancers
        yield Line(f"{balancers} application load balancer without its traffic", cost)
        yield Line("public IPv4 addresses", None)
    for name, usd in (platform.budget.extras if platform.budget is not None else {}).items():
        yield Line(f"{name}, the owner's own figure", usd)


def _volumes(index: Index, platform: Platform) -> list[tuple[str, str, float]]:
    """What claims and the pods of charts ask for, by the kind that their storage class makes."""
    kinds = {each.name: each.view.at("parameters", "type").text for each in index.of_kind("StorageClass")}
    default = next((each.name for each in index.of_kind("StorageClass") if _is_default(each)), _DEFAULT_CLASS)
    claims = [(claim.view, 1) for claim in index.of_kind("PersistentVolumeClaim")]
    for workload in index.workloads:
        templates = workload.manifest.view.at("spec", "volumeClaimTemplates")
        claims += [(template, workload.replicas) for template in templates]
    sizes = [(default, pod.volume_bytes * pod.replicas) for pod in platform.pods if pod.volume_bytes]
    for claim, count in claims:
        try:
            size = parse_bytes(claim.at("spec", "resources", "requests", "storage").value)
        except QuantityError:
            continue  # schema/quantities reports it
        sizes.append((claim.at("spec", "storageClassName").text or default, size * count))
    total: dict[str, int] = {}
    for name, size in sizes:
        kind = kinds.get(name) or name
        total[kind] = total.get(kind, 0) + size
    return [("volumes", kind, size / _GIB) for kind, size in sorted(total.items())]


def _is_default(storage_class: Manifest) -> bool:
    return storage_class.view.at("metadata", "annotations", _IS_DEFAULT).text == "true"


def _load_balancers(index: Index) -> int:
    """Ingresses of one group share a load balancer."""
    groups: set[str] = set()
    for ingress in index.of_kind("Ingress"):
        if ingress.view.at("spec", "ingressClassName").text == "alb":
            group = ingress.view.at("metadata", "annotations", _GROUP).text
            groups.add(group or f"{ingress.namespace}/{ingress.name}")
    return len(groups)
