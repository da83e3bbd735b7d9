"""Addresses outside the cluster, cut into ranges in which all addresses share one fate."""

import ipaddress
import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

_LAST = {4: 2**32 - 1, 6: 2**128 - 1}
METADATA = ("169.254.169.254", "fd00:ec2::254")
"""Where a cloud's nodes, and pods on them, ask for the node's credentials."""


class Block(NamedTuple):
    """Addresses of a family (4 or 6), both ends included."""

    version: int
    first: int
    last: int

    def __str__(self) -> str:
        """`10.0.0.0-10.255.255.255`."""
        make = ipaddress.IPv4Address if self.version == 4 else ipaddress.IPv6Address
        return f"{make(self.first)}-{make(self.last)}"

    def holds(self, other: "Block") -> bool:
        """Whether all addresses of another are its own."""
        return self.version == other.version and self.first <= other.first and other.last <= self.last


@lru_cache(maxsize=8192)
def parsed(cidr: str) -> Block | None:
    """The addresses of a CIDR such as `10.0.0.0/8`; nothing where it is none."""
    length = cidr.rpartition("/")[2]
    if "/" not in cidr or not (length.isascii() and length.isdigit()):
        return None  # the API takes no netmask for a length
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None
    first = int(network.network_address)
    return Block(network.version, first, first + network.num_addresses - 1)


def address(text: str) -> Block:
    """One address as a block. Raises ValueError where it is none."""
    found = ipaddress.ip_address(text)
    return Block(found.version, int(found), int(found))


def ranged(text: str) -> Block:
    """The block that is told as `10.0.0.0-10.255.255.255`. Raises ValueError where it is none."""
    first, _, last = text.partition("-")
    return address(first)._replace(last=address(last).last)


def without(block: Block, excepted: Iterable[Block]) -> Iterator[Block]:
    """What is left of a block without some others."""
    start = block.first
    for each in sorted(each for each in excepted if each.version == block.version):
        if start < each.first:
            yield Block(block.version, start, min(each.first - 1, block.last))
        start = max(start, each.last + 1)
        if start > block.last:
            return
    if start <= block.last:
        yield Block(block.version, start, block.last)


class Partition:
    """All addresses of some families, cut where one of some blocks begins or ends."""

    def __init__(self, blocks: Iterable[Block], families: Iterable[int] = (4, 6)) -> None:
        cuts = {version: {0, _LAST[version] + 1} for version in families}
        for version, first, last in blocks:
            cuts[version].update((first, last + 1))
        self.pieces: list[Block] = []
        self._starts: dict[int, list[int]] = {}
        self._offsets: dict[int, int] = {}
        for version, found in sorted(cuts.items()):
            ordered = sorted(found)
            self._starts[version] = ordered
            self._offsets[version] = len(self.pieces)
            self.pieces += (Block(version, first, end - 1) for first, end in itertools.pairwise(ordered))

    def within(self, block: Block) -> range:
        """The numbers of the pieces of a block, which must be one of those that cut."""
        starts, offset = self._starts[block.version], self._offsets[block.version]
        return range(offset + bisect_left(starts, block.first), offset + bisect_left(starts, block.last + 1))
