"""The flows that somebody declares, and what is known by them of pods that no manifest shows.

They stand in the inventory beside the files, `index.json`, which synth writes: `{"flows": [{"from": END,
"to": END, "ports": ["TCP 443"], "why", "source": {"file", "line"}}]}`. An END is `{"name", "namespace",
"labels"}`, pods by their labels, or `{"name", "blocks": [{"cidr", "except": []}]}`, addresses outside.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from tierpolicies.documents.nodes import Value
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.origins import INVENTORY
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.addresses import METADATA, Block, address, parsed, without
from tierpolicies.network.policies.policy import EGRESS, INGRESS, Direction, policies
from tierpolicies.network.policies.ports import FIRST, LAST, PROTOCOLS, Range
from tierpolicies.network.policies.selectors import Selector
from tierpolicies.network.topology.endpoints import Endpoint
from tierpolicies.network.topology.topology import Beside
from tierpolicies.platform import Place

_OPENING = '{"version": 1, "flows": '
COMPONENT = "Component"
"""The kind under which pods are told that a flow names and no manifest shows."""


class FlowsError(ValueError):
    """Declared flows that cannot be understood; the message says which, and why."""


@dataclass(frozen=True)
class End:
    """One end of a flow: pods of a namespace by their labels, or addresses outside."""

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def __str__(self) -> str:
        """`shop/web`, or the name of something outside."""
        return f"{self.namespace}/{self.name}" if self.labels else self.name


@dataclass(frozen=True)
class Flow:
    """`source` opens connections to `target` on ports of its pods; `place` is where that is declared."""

    source: End
    target: End
    ports: tuple[Range, ...]
    why: str
    place: Place | None = None


def flows(inventory: bytes) -> tuple[Flow, ...]:
    """The declared flows in an inventory; none where it tells of none.

    Raises:
        FlowsError: for flows in another form.
    """
    if b'"flows"' not in inventory:
        return ()
    try:
        listed = _listed(inventory.decode())
    except (ValueError, RecursionError):
        return ()  # what else stands in it is not understood either, and is told of as a whole
    if not isinstance(listed, list):
        raise FlowsError("the flows of the inventory are no list")
    found = []
    for number, each in enumerate(listed, start=1):
        try:
            found.append(_flow(each))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise FlowsError(f"flow {number} of the inventory is not understood: {error!r}") from error
    return tuple(found)


def _listed(text: str) -> object:
    """The value of `flows`: where synth wrote it, it stands first, and the rest need not be understood."""
    if text.startswith(_OPENING):
        return json.JSONDecoder().raw_decode(text, len(_OPENING))[0]
    held = json.loads(text)
    return held.get("flows", []) if isinstance(held, dict) else []


def _flow(given: Value) -> Flow:
    view = View(given)
    ranges = []
    for port in view["ports"]:
        protocol, _, number = port.text.partition(" ")
        if protocol not in PROTOCOLS or not FIRST <= int(number) <= LAST:
            raise ValueError(f"{port.value!r} is no port")
        ranges.append(Range(protocol, int(number), int(number)))
    source = view["source"]
    line = source["line"].integer
    place = Place(source["file"].text, line, source["column"].integer or 1) if line is not None else None
    return Flow(_end(view["from"]), _end(view["to"]), tuple(ranges), view["why"].text, place)


def _end(view: View) -> End:
    name = view["name"].text
    if view["blocks"]:
        return End(name, blocks=tuple(block for each in view["blocks"] for block in _addresses(each)))
    if not name or not view["namespace"].text:
        raise ValueError(f"{view.value!r} is no end of a flow")
    return End(name, view["namespace"].text, view["labels"].labels)


def _addresses(view: View) -> Iterator[Block]:
    whole = parsed(view["cidr"].text)
    excepted = [parsed(each.text) for each in view["except"]]
    if whole is None or None in excepted:
        raise ValueError(f"{view.value!r} is no block of addresses")
    yield from without(whole, (each for each in excepted if each is not None))


_READ: WeakKeyDictionary[Index, tuple[Flow, ...]] = WeakKeyDictionary()


def declared_flows(context: Context) -> tuple[Flow, ...]:
    """The flows that the inventories of a checked tree declare; read once for all rules.

    Raises:
        FlowsError: for flows that cannot be understood.
    """
    contents = context.contents
    if context.index not in _READ:
        found: list[Flow] = []
        for file in context.tree.files if contents is not None else ():
            if contents is not None and PurePosixPath(file).name == INVENTORY:
                with suppress(OSError):  # input/unreadable tells
                    found += flows(contents(file))
        _READ[context.index] = tuple(found)
    return _READ[context.index]


_MADE: WeakKeyDictionary[Index, "Intent | None"] = WeakKeyDictionary()


def intent_of(context: Context) -> "Intent | None":
    """The declared flows of a tree on its network, made once for all rules; none where none are declared."""
    if context.index not in _MADE:
        try:
            declared = declared_flows(context)
        except FlowsError:
            declared = ()  # input/inventory tells
        _MADE[context.index] = Intent(context.index, declared) if declared else None
    return _MADE[context.index]


def network_of(context: Context) -> Network:
    """The network of a tree, with the pods that its declared flows tell of."""
    intent = intent_of(context)
    return intent.network if intent is not None else Network(context.index, hosts_are_nodes=True)


class Intent:
    """Declared flows on the network of a tree."""

    def __init__(self, index: Index, declared: Iterable[Flow]) -> None:
        """Find the ends of all flows; pods that no manifest shows take part by their labels."""
        self.flows = tuple(declared)
        ends = [end for flow in self.flows for end in (flow.source, flow.target)]
        blocks = {block for end in ends for block in end.blocks}
        metadata = [address(each) for each in METADATA]
        written = (each.version for policy in policies(index) for each in policy.blocks())
        families = {4, *(block.version for block in blocks), *written}
        self.network = Network(
            index,
            hosts_are_nodes=True,
            beside=Beside(
                tuple(unseen(index, self.flows)),
                (*sorted(blocks), *(each for each in metadata if each.version in families)),
                tuple(sorted({port for flow in self.flows for port in flow.ports})),
            ),
        )
        self.metadata = self.network.within([each for each in metadata if each.version in families], EGRESS)

    def bits(self, end: End, direction: Direction) -> int:
        """An end on the network: as a source (Ingress) or a destination (Egress)."""
        if end.blocks:
            return self.network.within(end.blocks, direction)
        labels = Selector(View({"matchLabels": dict(end.labels)}))
        return self.network.population.meant(None, labels, end.namespace) & self.network.pods

    def declared(self) -> Iterator[tuple[Flow, int, int, int]]:
        """Each flow with its sources, destinations and ports."""
        for flow in self.flows:
            ports = 0
            for port in flow.ports:
                ports |= self.network.space.of(*port)
            yield flow, self.bits(flow.source, INGRESS), self.bits(flow.target, EGRESS), ports


def unseen(index: Index, declared: Iterable[Flow]) -> Iterator[Endpoint]:
    """Pods that flows name, by labels or all of a namespace, where no workload is."""
    ends = [end for flow in declared for end in (flow.source, flow.target)]
    homes = {each.manifest.namespace or DEFAULT_NAMESPACE for each in index.workloads}
    told = set()
    for end in sorted((each for each in ends if each.namespace), key=lambda each: not each.labels):
        is_seen = bool(index.selected(end.namespace, end.labels)) if end.labels else end.namespace in homes
        homes.add(end.namespace)
        name = f"{end.namespace}/{end.name}[{COMPONENT}]"
        if not is_seen and name not in told:
            told.add(name)
            yield Endpoint(name, end.namespace, end.name, end.labels)
