"""Policies as they are written: whom they select, and what each rule decides.

NetworkPolicies (networking.k8s.io/v1), AdminNetworkPolicies and the BaselineAdminNetworkPolicy
(policy.networking.k8s.io/v1alpha1) read alike: a policy selects pods; a rule of it is for peers and ports.
Each is read once: rules ask the same of them for every pod and every call.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.network.policies.addresses import Block, parsed, without
from tierpolicies.network.policies.ports import FIRST, LAST, PROTOCOLS, Range
from tierpolicies.network.policies.selectors import Selector

Direction = Literal["Ingress", "Egress"]
INGRESS: Direction = "Ingress"
EGRESS: Direction = "Egress"
DIRECTIONS = (INGRESS, EGRESS)
SIDES: Mapping[Direction, tuple[str, str]] = {INGRESS: ("ingress", "from"), EGRESS: ("egress", "to")}

ADMIN, BASELINE = "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"
ALLOW, DENY, PASS = "Allow", "Deny", "Pass"
ONLY_BASELINE = "default"
"""The one name that a BaselineAdminNetworkPolicy may have."""
ADMIN_FORMS = ("portNumber", "portRange", "namedPort")
"""How an administrators' policy writes a port."""
_NAME = re.compile(r"(?=.{1,15}$)(?=[^a-z]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*")
"""What apimachinery's validation takes for the name of a port: at most 15 characters, a letter among them."""


FOREIGN = (
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "ClusterNetworkPolicy",
    "GlobalNetworkPolicy",
    "NetworkPolicy.crd.projectcalico.org",
    "NetworkPolicy.projectcalico.org",
)
"""Kinds of policies that are not read: they may admit or deny what those that are read do not tell."""

_MADE: WeakKeyDictionary[Index, tuple["Policy", ...]] = WeakKeyDictionary()


def policies(index: Index) -> tuple["Policy", ...]:
    """The policies of a tree, kind by kind in the order of the files; read once for all who ask."""
    if index not in _MADE:
        _MADE[index] = tuple(Policy(each) for each in index.of_kind("NetworkPolicy", ADMIN, BASELINE))
    return _MADE[index]


def listed(view: View) -> tuple[View, ...]:
    """The items of a list; what stands in its place and is none is an item that nothing can be made of."""
    if view and not isinstance(view.value, list):
        return (View(False, view.path),)
    return tuple(view)


class Peer:
    """Whom a rule is for: blocks of addresses, or pods by their labels and those of their namespace.

    `where` selects namespaces; without it the policy's own is meant. `block` is an ipBlock.
    """

    __slots__ = ("block", "is_valid", "networks", "view", "where", "where_view", "who")

    def __init__(self, view: View, *, is_admin: bool = False) -> None:
        self.view = view
        pods = view["pods"] if is_admin and view["pods"] else view
        where = view["namespaces"] if is_admin and not view["pods"] else pods["namespaceSelector"]
        block = view["ipBlock"]
        self.block = block or None
        self.networks = listed(view["networks"]) if is_admin else ()
        self.where_view = where if isinstance(where.value, dict) else None
        self.where = Selector(where) if where else None
        self.who = Selector(pods["podSelector"])
        if is_admin and view["pods"] and self.where is None:  # both of its selectors are always there
            self.where = Selector(View({}))
        given = [bool(block or self.networks), bool(self.where or pods["podSelector"])]
        self.is_valid = sum(given) == 1

    @property
    def is_pods(self) -> bool:
        """Whether it is for pods, by selectors that the API takes."""
        if not self.is_valid or self.block is not None or self.networks:
            return False
        return self.who.is_valid and (self.where is None or self.where.is_valid)

    @property
    def is_every_pod(self) -> bool:
        """Whether it is for every pod of every namespace."""
        return self.is_pods and self.where is not None and self.where.is_empty and self.who.is_empty

    def blocks(self) -> Iterator[Block]:
        """The addresses that it is for; what the API refuses is none."""
        if not self.is_valid:
            return
        if self.block is not None:
            whole = parsed(self.block["cidr"].text)
            if whole is None:
                return
            excepted = [parsed(each.text) for each in listed(self.block["except"])]
            within = [each for each in excepted if each is not None and each != whole and whole.holds(each)]
            if len(within) == len(excepted):
                yield from without(whole, within)
        for network in self.networks:
            found = parsed(network.text)
            if found is not None:
                yield found


class PortRange:
    """The ports of a rule's entry: one, several, a name, or all of a protocol.

    A name in an AdminNetworkPolicy is for whichever protocol the pod has it for: `protocol` is empty. One
    that `is_bounded` is written in a form that must give a port.
    """

    __slots__ = ("first", "is_bounded", "last", "name", "protocol", "view")

    def __init__(self, view: View, *, is_admin: bool = False) -> None:
        self.view = view
        self.name = ""
        self.is_bounded = is_admin or bool(view["endPort"])
        if is_admin and view["namedPort"]:
            self.protocol, self.name = "", _name(view["namedPort"])
            self.first = self.last = None
        elif is_admin:
            number, span = view["portNumber"], view["portRange"]
            self.protocol = _protocol((number or span)["protocol"])
            self.first = number["port"].integer or span["start"].integer
            self.last = number["port"].integer or span["end"].integer
        else:
            port, end = view["port"], view["endPort"]
            self.protocol = _protocol(view["protocol"])
            self.name = "" if end else _name(port)
            self.first = port.integer
            self.last = end.integer if end else self.first

    @property
    def range(self) -> Range | None:
        """Its ports in figures; nothing for a name, and for what the API refuses."""
        if self.name or self.protocol not in PROTOCOLS:
            return None
        if self.first is None or self.last is None:
            is_all = isinstance(self.view.value, dict) and not self.view["port"] and not self.is_bounded
            return Range(self.protocol, FIRST, LAST) if is_all else None
        fits = FIRST <= self.first <= self.last <= LAST
        return Range(self.protocol, self.first, self.last) if fits else None


def _name(view: View) -> str:
    """The name of a port; nothing for a text that the API takes for none."""
    return view.text if _NAME.fullmatch(view.text) else ""


def _protocol(view: View) -> str:
    """TCP where none is written; what is no text stands for itself, and is no protocol."""
    return view.text or "TCP" if view.value is None or isinstance(view.value, str) else str(view.value)


class Entry:
    """A rule of a policy; one without ports is for all, one without peers for everyone.

    `number` counts from 1 in its list; `name` is what an administrator called it.
    """

    __slots__ = ("action", "name", "number", "peers", "ports", "view")

    def __init__(self, view: View, side: str, number: int, *, is_admin: bool = False) -> None:
        self.view = view
        self.number = number
        self.name = view["name"].text
        self.action = view["action"].text if is_admin else ALLOW
        is_read = view.value is None or isinstance(view.value, dict)
        self.ports = tuple(PortRange(each, is_admin=is_admin) for each in listed(view["ports"]))
        self.peers = tuple(
            Peer(each, is_admin=is_admin) for each in (listed(view[side]) if is_read else (view,))
        )


@dataclass(frozen=True, eq=False)
class Policy:
    """A policy and the directions in which it is for the pods that it selects."""

    manifest: Manifest

    @property
    def is_admin(self) -> bool:
        """Whether it is one of the cluster's administrators."""
        return self.manifest.kind != "NetworkPolicy"

    @property
    def namespace(self) -> str:
        """Its namespace; empty for one of the cluster."""
        return "" if self.is_admin else self.manifest.namespace or DEFAULT_NAMESPACE

    @property
    def name(self) -> str:
        """`shop/web`, or the name alone where it has no namespace."""
        return f"{self.namespace}/{self.manifest.name}".removeprefix("/")

    @cached_property
    def priority(self) -> int:
        """The order of AdminNetworkPolicies: the lowest comes first."""
        return self.manifest.view.at("spec", "priority").integer or 0

    @cached_property
    def selector(self) -> View:
        """The pods that a NetworkPolicy selects."""
        return self.manifest.view.at("spec", "podSelector")

    @cached_property
    def selects(self) -> Peer:
        """Whom it is for: pods of its own namespace, or of those that an administrator names."""
        spec = self.manifest.view["spec"]
        return Peer(spec["subject"], is_admin=True) if self.is_admin else Peer(spec)

    @cached_property
    def selects_all(self) -> bool:
        """Whether it selects every pod of its namespace."""
        return not self.selector["matchLabels"].mapping and not any(self.selector["matchExpressions"])

    @cached_property
    def directions(self) -> frozenset[str]:
        """Those of policyTypes; without these Ingress, and Egress where there is a rule for it.

        Administrators' policies are for those that they have rules for. What is no type counts for nothing.
        """
        spec = self.manifest.view["spec"]
        if self.manifest.kind == BASELINE and self.manifest.name != ONLY_BASELINE:
            return frozenset()
        if self.is_admin:
            return frozenset(each for each in DIRECTIONS if any(spec[SIDES[each][0]]))
        types = {each.text for each in spec["policyTypes"]} & {*DIRECTIONS}
        if types:
            return frozenset(types)
        return frozenset((INGRESS, EGRESS) if any(spec["egress"]) else (INGRESS,))

    @cached_property
    def _entries(self) -> Mapping[Direction, tuple[Entry, ...]]:
        spec = self.manifest.view["spec"]
        return {
            direction: tuple(
                Entry(each, side, number, is_admin=self.is_admin)
                for number, each in enumerate(spec[field], start=1)
            )
            for direction, (field, side) in SIDES.items()
            if direction in self.directions
        }

    def entries(self, direction: Direction) -> tuple[Entry, ...]:
        """What it decides in a direction."""
        return self._entries.get(direction, ())

    def blocks(self, *directions: Direction) -> Iterator[Block]:
        """The blocks of addresses that its rules are for: of some directions, or of both."""
        for direction in directions or DIRECTIONS:
            for entry in self.entries(direction):
                for peer in entry.peers:
                    yield from peer.blocks()

    def rules(self, direction: Direction) -> Iterator[View]:
        """What it decides in a direction, as it is written."""
        return (each.view for each in self.entries(direction))
