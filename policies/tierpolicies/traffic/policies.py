"""NetworkPolicies as they are written: whom they select, and what each rule admits.

Each is read once: rules ask the same of them for every pod and every call.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.selector import unmet

Direction = Literal["Ingress", "Egress"]
INGRESS: Direction = "Ingress"
EGRESS: Direction = "Egress"
DIRECTIONS = (INGRESS, EGRESS)
SIDES = {INGRESS: ("ingress", "from"), EGRESS: ("egress", "to")}


class Selector:
    """A LabelSelector that is asked often; one without terms is met by all."""

    __slots__ = ("_view", "labels")

    def __init__(self, view: View) -> None:
        self.labels: Mapping[str, str] = view["matchLabels"].labels
        self._view = view if any(view["matchExpressions"]) else None

    def is_met(self, labels: Mapping[str, str]) -> bool:
        """Whether labels meet it."""
        if not self.labels.items() <= labels.items():
            return False
        return self._view is None or not any(unmet(self._view, labels))


class Peer:
    """Whom a rule admits: a block of addresses, or pods by their labels and those of their namespace."""

    __slots__ = ("block", "view", "where", "where_view", "who")

    def __init__(self, view: View) -> None:
        self.view = view
        block, where = view["ipBlock"], view["namespaceSelector"]
        self.block = block or None
        self.where_view = where if isinstance(where.value, dict) else None
        self.where = Selector(where) if self.where_view is not None else None
        self.who = Selector(view["podSelector"])


class PortRange:
    """The ports of a rule's entry: one, several, a name, or all of a protocol."""

    __slots__ = ("first", "last", "name", "protocol")

    def __init__(self, view: View) -> None:
        port = view["port"]
        self.protocol = view["protocol"].text or "TCP"
        self.name = port.text
        self.first = port.integer
        self.last = self.first if self.first is None else view["endPort"].integer or self.first


class Entry:
    """A rule of a policy; one without ports is for all, one without peers for everyone."""

    __slots__ = ("peers", "ports", "view")

    def __init__(self, view: View, side: str) -> None:
        self.view = view
        self.ports = tuple(PortRange(each) for each in view["ports"])
        self.peers = tuple(Peer(each) for each in view[side])


@dataclass(frozen=True, eq=False)
class Policy:
    """A NetworkPolicy and the directions in which it isolates the pods that it selects."""

    manifest: Manifest

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.manifest.namespace or DEFAULT_NAMESPACE

    @cached_property
    def selector(self) -> View:
        """Whom it selects."""
        return self.manifest.view.at("spec", "podSelector")

    @cached_property
    def selects_all(self) -> bool:
        """Whether it selects every pod of its namespace."""
        return not self.selector["matchLabels"].mapping and not any(self.selector["matchExpressions"])

    @cached_property
    def directions(self) -> frozenset[str]:
        """Those of policyTypes; without these Ingress, and Egress where there is a rule for it."""
        types = {each.text for each in self.manifest.view.at("spec", "policyTypes")}
        if types:
            return frozenset(types)
        has_egress = any(self.manifest.view.at("spec", "egress"))
        return frozenset((INGRESS, EGRESS) if has_egress else (INGRESS,))

    @cached_property
    def _entries(self) -> Mapping[Direction, tuple[Entry, ...]]:
        return {
            direction: tuple(Entry(each, side) for each in self.manifest.view.at("spec", field))
            for direction, (field, side) in SIDES.items()
            if direction in self.directions
        }

    def entries(self, direction: Direction) -> tuple[Entry, ...]:
        """What it admits in a direction."""
        return self._entries.get(direction, ())

    def rules(self, direction: Direction) -> Iterator[View]:
        """What it admits in a direction, as it is written."""
        return (each.view for each in self.entries(direction))
