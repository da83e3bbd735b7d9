"""What a change opens and closes: the pairs that are connected otherwise than before.

Addresses are compared one by one, as it were, and told in the longest ranges that fare alike.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tierpolicies.network.addresses import Block, Partition
from tierpolicies.network.analysis import Network
from tierpolicies.network.endpoints import outside
from tierpolicies.network.ports import NONE

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

    def line(self, former: str = "ref1", present: str = "ref2") -> str:
        """The change as a line; the two states are told by their names."""
        told = f"diff-type: {self.kind}, source: {self.source}, destination: {self.destination}"
        told += f", {former}: {self.before}, {present}: {self.after}"
        if not self.workloads:
            return told
        return f"{told}, workloads-diff-info: workload {' and '.join(self.workloads)} {self.kind}"


@dataclass
class _State:
    """One side of the comparison: ports by pair of names; by name of a workload those of addresses."""

    workloads: frozenset[str]
    pairs: dict[tuple[str, str], str]
    arriving: dict[str, list[tuple[Block, str]]]
    leaving: dict[str, list[tuple[Block, str]]]


def changes(former: Network, present: Network) -> list[Change]:
    """Every pair that is connected otherwise than before: changed, added, removed; the ways in last."""
    before, after = _state(former), _state(present)
    found = [
        _change(pair, before.pairs.get(pair, ""), after.pairs.get(pair, ""), before, after)
        for pair in dict.fromkeys((*before.pairs, *after.pairs))
    ]
    for name, block, was, now in _ranges(before.arriving, after.arriving):
        found.append(_change((outside(block).name, name), was, now, before, after))
    for name, block, was, now in _ranges(before.leaving, after.leaving):
        found.append(_change((name, outside(block).name), was, now, before, after))
    order = (CHANGED, ADDED, REMOVED)
    told = [each for each in found if each is not None]
    return sorted(told, key=lambda each: (each.is_entering, order.index(each.kind), each.line()))


def difference_lines(
    found: Sequence[Change], *, former: str = "ref1", present: str = "ref2"
) -> Iterator[str]:
    """The changes as lines; nothing where there are none."""
    if found:
        yield "Connectivity diff:"
        yield from (each.line(former, present) for each in found)


def _state(network: Network) -> _State:
    found = _State(
        frozenset(each.name for each in network.workloads), {}, defaultdict(list), defaultdict(list)
    )
    for source, destination, ports in network.connections():
        text = network.space.text(ports)
        if source.block is not None:
            found.arriving[destination.name].append((source.block, text))
        elif destination.block is not None:
            found.leaving[source.name].append((destination.block, text))
        else:
            found.pairs[source.name, destination.name] = text
    return found


def _ranges(
    before: Mapping[str, Sequence[tuple[Block, str]]], after: Mapping[str, Sequence[tuple[Block, str]]]
) -> Iterator[tuple[str, Block, str, str]]:
    """The addresses of each workload in ranges that fare alike on both sides of the change."""
    for name in dict.fromkeys((*before, *after)):
        sides = before.get(name, ()), after.get(name, ())
        partition = Partition(block for side in sides for block, _ in side)
        was, now = ([""] * len(partition.pieces) for _ in sides)
        for texts, side in ((was, sides[0]), (now, sides[1])):
            for block, text in side:
                for number in partition.within(block):
                    texts[number] = text
        for block, fate in _merged(zip(partition.pieces, zip(was, now, strict=True), strict=True)):
            yield name, block, *fate


def _merged(fates: Iterator[tuple[Block, tuple[str, str]]]) -> Iterator[tuple[Block, tuple[str, str]]]:
    """Ranges that touch and fare alike as one."""
    last: tuple[Block, tuple[str, str]] | None = None
    for block, fate in fates:
        if last is not None and last[1] == fate and (last[0].version, last[0].last + 1) == block[:2]:
            last = last[0]._replace(last=block.last), fate
            continue
        if last is not None:
            yield last
        last = block, fate
    if last is not None:
        yield last


def _change(pair: tuple[str, str], was: str, now: str, before: _State, after: _State) -> Change | None:
    if was == now:
        return None
    kind = CHANGED if was and now else ADDED if now else REMOVED
    other = before if kind == ADDED else after
    own = (each for each in pair if not each.endswith("[External]") and not each.startswith("{"))
    moved = () if kind == CHANGED else tuple(each for each in own if each not in other.workloads)
    return Change(kind, *pair, was or NONE, now or NONE, moved, pair[0].startswith("{"))
