"""Flows of a network: from or to whom, on which ports. Plain data, which starts no Node.

A port is always the container's: policies see traffic after a Service has been translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Literal, TypeVar

from tiered.errors import TieredError
from tiered.manifest import Body

_Network = IPv4Network | IPv6Network
_Family = TypeVar("_Family", IPv4Network, IPv6Network)

_NAMESPACE_NAME = "kubernetes.io/metadata.name"
# Link-local addresses hold the cloud's metadata service, which hands the node's credentials to any
# pod that asks: 169.254.169.254, and fd00:ec2::254 on AWS.
_NEVER = (IPv4Network("169.254.0.0/16"), IPv6Network("fd00:ec2::/32"), IPv6Network("fe80::/10"))


@dataclass(frozen=True, kw_only=True)
class PodPeer:
    """The pods with these labels in one namespace; None is the policy's own.

    Raises:
        TieredError: no label is given, which would mean all pods.
    """

    labels: Mapping[str, str]
    namespace: str | None = None

    def __post_init__(self) -> None:
        if not self.labels:
            raise TieredError(
                "a PodPeer without labels is every pod: write NamespacePeer(name=…) if that is meant"
            )

    def body(self, own_namespace: str | None) -> Body:
        pods: Body = {"podSelector": {"matchLabels": dict(self.labels)}}
        if self.namespace in (None, own_namespace):
            return pods
        # Both selectors in one item mean AND; as two items they would mean OR.
        return {"namespaceSelector": {"matchLabels": {_NAMESPACE_NAME: self.namespace}}, **pods}


@dataclass(frozen=True, kw_only=True)
class NamespacePeer:
    """Every pod of the namespace with this name, or of all namespaces with these labels.

    Raises:
        TieredError: neither is given, which would mean every pod of the cluster.
    """

    name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name and not self.labels:
            raise TieredError(
                "a NamespacePeer without name and labels is the whole cluster: give one of them"
            )

    def body(self, own_namespace: str | None) -> Body:  # noqa: ARG002 - its own namespace is a name like any other
        labels = {_NAMESPACE_NAME: self.name, **self.labels} if self.name else dict(self.labels)
        return {"namespaceSelector": {"matchLabels": labels}}


@dataclass(frozen=True, kw_only=True)
class BlockPeer:
    """Addresses outside the cluster: a CIDR block, except some blocks within it.

    Raises:
        TieredError: a block that is none, or an exception that does not lie within.
    """

    cidr: str
    except_: Sequence[str] = ()

    def __post_init__(self) -> None:
        block = _network(self.cidr)
        for exception in map(_network, self.except_):
            if exception == block or not _within(exception, block):
                raise TieredError(f"{exception} is no part of {block}: except only blocks that lie within")

    def body(self, own_namespace: str | None) -> Body:  # noqa: ARG002 - addresses know no namespace
        block: Body = {"cidr": self.cidr}
        if self.except_:
            block["except"] = list(self.except_)
        return {"ipBlock": block}


Peer = PodPeer | NamespacePeer | BlockPeer


@dataclass(frozen=True, kw_only=True)
class Port:
    """A container's port, or all from `number` to `last`.

    Raises:
        TieredError: the numbers are no ports.
    """

    number: int
    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"
    last: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.number <= (self.last or self.number) <= 65535:
            raise TieredError(f"{self} is no range of ports: write 1 <= number <= last <= 65535")

    @property
    def rank(self) -> tuple[int, int, str]:
        """By which ports are sorted."""
        return (self.number, self.last or self.number, self.protocol)

    def body(self) -> Body:
        body: Body = {"protocol": self.protocol, "port": self.number}
        if self.last is not None:
            body["endPort"] = self.last
        return body


@dataclass(frozen=True, kw_only=True)
class Allow:
    """A flow: these peers, on these ports.

    Raises:
        TieredError: peers or ports are empty, which in a NetworkPolicy means all of them.
    """

    peers: Sequence[Peer]
    ports: Sequence[Port]

    def __post_init__(self) -> None:
        if not self.peers or not self.ports:
            raise TieredError("an Allow without peers or ports would allow all of them: name each")


def internet(except_ranges: Iterable[str] = (), *, ipv6: bool = False) -> tuple[BlockPeer, ...]:
    """Every address but the cluster's own ranges and, always, those of the cloud's metadata.

    Args:
        except_ranges: CIDR blocks of pods, Services and nodes, of either family.
        ipv6: whether IPv6 is meant too, as a block of its own.
    """
    excepted = [*map(_network, except_ranges), *_NEVER]
    blocks = [BlockPeer(cidr="0.0.0.0/0", except_=_collapsed(excepted, family=IPv4Network))]
    if ipv6:
        blocks.append(BlockPeer(cidr="::/0", except_=_collapsed(excepted, family=IPv6Network)))
    return tuple(blocks)


def _network(cidr: str) -> _Network:
    try:
        network = ip_network(cidr)
    except ValueError as error:
        raise TieredError(f"{error}: write a block such as 10.0.0.0/16") from error
    # Python also takes 10.0.0.1 and 10.0.0.0/255.255.0.0, Kubernetes does not.
    if str(network) != cidr:
        raise TieredError(f"{str(cidr)!r} is no CIDR block: write {network}")
    return network


def _collapsed(blocks: Iterable[_Network], *, family: type[_Family]) -> tuple[str, ...]:
    """Those of one family, sorted, without what lies in another of them."""
    return tuple(str(block) for block in collapse_addresses(b for b in blocks if isinstance(b, family)))


def _within(inner: _Network, outer: _Network) -> bool:
    return (
        inner.version == outer.version
        and int(outer.network_address) <= int(inner.network_address)
        and int(inner.broadcast_address) <= int(outer.broadcast_address)
    )
