"""What a change opens and closes: the pairs that are connected otherwise than before.

Addresses are compared one by one, as it were, and told in the longest ranges that fare alike.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.addresses import Block, Partition
from tierpolicies.network.policies.ports import NONE, PortSpace, Range
from tierpolicies.network.topology.endpoints import outside

CHANGED, ADDED, REMOVED = "changed", "added", "removed"


class Change(NamedTuple):
    """A pair whose ports are others than before; `workloads` are those of it that came or went."""

    kind: str
    source: str
    destination: str
    before: str
    after: str
    workloads: tuple[str, ...]
    is_entering: bool
    gained: str
    lost: str

    def line(self, former: str = "ref1", present: str = "ref2") -> str:
        """The change as a line; the two states are told by their names."""
        told = f"diff-type: {self.kind}, source: {self.source}, destination: {self.destination}"
        told += f", {former}: {self.before}, {present}: {self.after}"
        if not self.workloads:
            return told
        return f"{told}, workloads-diff-info: workload {' and '.join(self.workloads)} {self.kind}"


class _Ports(NamedTuple):
    """Ports in words, by which they are compared, and in ranges."""

    text: str = ""
    ranges: tuple[Range, ...] = ()


_CLOSED = _Ports()


@dataclass
class _State:
    """One side of the comparison: ports by pair of names; by name of a workload those of addresses."""

    workloads: frozenset[str]
    pairs: dict[tuple[str, str], _Ports]
    arriving: dict[str, list[tuple[Block, _Ports]]]
    leaving: dict[str, list[tuple[Block, _Ports]]]


def changes(former: Network, present: Network) -> list[Change]:
    """Every pair that is connected otherwise than before: changed, added, removed; the ways in last."""
    families = former.families | present.families  # what one side does not tell of is no change
    before, after = (_state(each.with_families(families)) for each in (former, present))
    found = [
        _change(pair, before.pairs.get(pair, _CLOSED), after.pairs.get(pair, _CLOSED), before, after)
        for pair in dict.fromkeys((*before.pairs, *after.pairs))
    ]
    for name, block, was, now in _ranges(before.arriving, after.arriving):
        found.append(_change((outside(block).name, name), was, now, before, after))
    for name, block, was, now in _ranges(before.leaving, after.leaving):
        found.append(_change((name, outside(block).name), was, now, before, after))
    order = (CHANGED, ADDED, REMOVED)
    told = [each for each in found if each is not None]
    return sorted(told, key=lambda each: (each.is_entering, order.index(each.kind), each.line()))


def _state(network: Network) -> _State:
    found = _State(
        frozenset(each.name for each in network.workloads), {}, defaultdict(list), defaultdict(list)
    )
    known: dict[int, _Ports] = {}
    for source, destination, ports in network.connections():
        if ports not in known:
            known[ports] = _Ports(network.space.text(ports), tuple(network.space.ranges(ports)))
        text = known[ports]
        if source.block is not None:
            found.arriving[destination.name].append((source.block, text))
        elif destination.block is not None:
            found.leaving[source.name].append((destination.block, text))
        else:
            found.pairs[source.name, destination.name] = text
    return found


def _ranges(
    before: Mapping[str, Sequence[tuple[Block, _Ports]]], after: Mapping[str, Sequence[tuple[Block, _Ports]]]
) -> Iterator[tuple[str, Block, _Ports, _Ports]]:
    """The addresses of each workload in ranges that fare alike on both sides of the change."""
    for name in dict.fromkeys((*before, *after)):
        sides = before.get(name, ()), after.get(name, ())
        partition = Partition(block for side in sides for block, _ in side)
        was, now = ([_CLOSED] * len(partition.pieces) for _ in sides)
        for texts, side in ((was, sides[0]), (now, sides[1])):
            for block, text in side:
                for number in partition.within(block):
                    texts[number] = text
        for block, fate in _merged(zip(partition.pieces, zip(was, now, strict=True), strict=True)):
            yield name, block, *fate


def _merged(
    fates: Iterator[tuple[Block, tuple[_Ports, _Ports]]],
) -> Iterator[tuple[Block, tuple[_Ports, _Ports]]]:
    """Ranges that touch and fare alike as one."""
    last: tuple[Block, tuple[_Ports, _Ports]] | None = None
    for block, fate in fates:
        if last is not None and last[1] == fate and (last[0].version, last[0].last + 1) == block[:2]:
            last = last[0]._replace(last=block.last), fate
            continue
        if last is not None:
            yield last
        last = block, fate
    if last is not None:
        yield last


def _change(pair: tuple[str, str], was: _Ports, now: _Ports, before: _State, after: _State) -> Change | None:
    if was.text == now.text:
        return None
    kind = CHANGED if was.text and now.text else ADDED if now.text else REMOVED
    other = before if kind == ADDED else after
    own = (each for each in pair if not each.endswith("[External]") and not each.startswith("{"))
    moved = () if kind == CHANGED else tuple(each for each in own if each not in other.workloads)
    return Change(
        kind,
        *pair,
        was.text or NONE,
        now.text or NONE,
        moved,
        pair[0].startswith("{"),
        _without(now, was),
        _without(was, now),
    )


def _without(one: _Ports, other: _Ports) -> str:
    """The ports of one that another has not, in words; nothing where there are none."""
    if not one.ranges or not other.ranges:
        return one.text
    space = PortSpace((*one.ranges, *other.ranges))
    left = 0
    for each in one.ranges:
        left |= space.of(*each)
    for each in other.ranges:
        left &= ~space.of(*each)
    return space.text(left) if left else ""
