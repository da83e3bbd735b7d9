"""What containers request and what limits them: as written, or as the API server fills it in.

A missing request is filled from the container's own limit first, then from the namespace's LimitRange;
a missing limit from the LimitRange. Source: kubernetes core/v1 defaults and the LimitRanger admission.
"""

from collections import defaultdict
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.overlays import Overlays
from tierpolicies.engine.workload import Container, Pod
from tierpolicies.quantity import QuantityError, parse, parse_bytes

REQUESTS, LIMITS = "requests", "limits"
_NOTHING = View(None)
_SAID = {"cpu": "CPU"}


class LimitRanges:
    """The LimitRanges of a tree, by namespace.

    With `overlays` only those count that are applied with whatever is asked about.
    """

    def __init__(self, index: Index, overlays: Overlays | None = None) -> None:
        self._overlays = overlays
        self._items: dict[str, list[tuple[Manifest, View]]] = defaultdict(list)
        for manifest in index.of_kind("LimitRange"):
            for item in manifest.view.at("spec", "limits"):
                self._items[manifest.namespace or DEFAULT_NAMESPACE].append((manifest, item))

    def items(self, about: Manifest, kind: str) -> Iterator[tuple[Manifest, View]]:
        """The limits on `Container`, `Pod` or `PersistentVolumeClaim` in the namespace of an object."""
        for manifest, item in self._items.get(about.namespace or DEFAULT_NAMESPACE, ()):
            if self._overlays is not None and self._overlays.apart(manifest.file, about.file):
                continue
            if item["type"].text == kind:
                yield manifest, item

    def default(self, about: Manifest, section: str, resource: str) -> tuple[Manifest | None, View]:
        """What a container gets that writes none, and from which LimitRange."""
        for manifest, item in self.items(about, "Container"):
            limit = item["default"][resource] or item["max"][resource]
            if section == LIMITS:
                found = limit
            else:
                found = item["defaultRequest"][resource] or limit or item["min"][resource]
            if found:
                return manifest, found
        return None, _NOTHING


def memory_limit(container: View) -> int:
    """The memory that a container may use, in bytes; 0 where it has no limit of its own."""
    written = container.at("resources", "limits", "memory")
    try:
        return parse_bytes(written.text) if written.text else written.integer or 0
    except QuantityError:
        return 0


def asking(pod: Pod) -> Iterator[Container]:
    """The containers that have resources: all but those added to look inside."""
    return (each for each in pod.containers if each.field != "ephemeralContainers")


def written(container: Container, section: str, resource: str) -> View:
    """The quantity as it stands there."""
    return container["resources"][section][resource]


def is_some(quantity: View) -> bool:
    """Whether a quantity is there and not zero; one that is none is the schema's concern."""
    if not quantity:
        return False
    try:
        return parse(quantity.value) != 0
    except QuantityError:
        return True


def unset(context: Context, section: str, resource: str) -> Iterator[Fault]:
    """The containers without a request or limit, be it a written zero.

    What a limit of their own or a LimitRange fills in will do, but not where the tiers are known: what
    a tier has room for is proved by what is written.
    """
    ranges = LimitRanges(context.index)
    is_strict = context.platform is not None
    for workload in context.index.workloads:
        if is_some(workload.pod["resources"][section][resource]):
            continue  # the pod's own, shared by its containers
        for container in asking(workload.own):
            quantity = written(container, section, resource)
            if is_some(quantity):
                continue
            filled = "" if quantity else _filled(ranges, container, section, resource)
            if not filled or is_strict:
                lack = f"has no {_SAID.get(resource, resource)} {section[:-1]}"
                message = f"the container {container.name!r} {lack}{filled}"
                yield Fault(message, container.manifest, quantity)


def _filled(ranges: LimitRanges, container: Container, section: str, resource: str) -> str:
    """What counts instead, told; empty where nothing does."""
    limit = written(container, LIMITS, resource)
    if section == REQUESTS and limit:
        return f" of its own: its limit of {limit.value} counts as one"
    manifest, default = ranges.default(container.manifest, section, resource)
    return "" if manifest is None else f" of its own: the LimitRange {manifest.name} gives it {default.value}"


def unequal(container: Container, resource: str) -> Iterator[Fault]:
    """The fault of a container whose request is not its limit; one not written is as large as the limit."""
    request, limit = (written(container, section, resource) for section in (REQUESTS, LIMITS))
    if container.field == "ephemeralContainers" or not request:
        return
    try:
        is_equal = bool(limit) and parse(request.value) == parse(limit.value)
    except QuantityError:
        return  # schema/quantities reports it
    if not is_equal:
        told = f"a limit of {limit.value}" if limit else "no limit"
        name = _SAID.get(resource, resource)
        message = f"the container {container.name!r} requests {request.value} {name} and has {told}"
        yield Fault(message, container.manifest, request)
