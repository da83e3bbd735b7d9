"""Sets of ports as bits.

The ports that somebody mentions cut each protocol into segments in which all ports share one fate. A set
of ports is an integer with a bit a segment, so that union and intersection cost next to nothing. Names of
ports that no pod has answered for yet are bits too, above those of the segments.
"""

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

PROTOCOLS = ("SCTP", "TCP", "UDP")
"""The protocols of the API, in the order in which they are told."""
FIRST, LAST = 1, 65535
ALL, NONE = "All Connections", "No Connections"


class Range(NamedTuple):
    """Ports of a protocol, both ends included."""

    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        """`80` or `8080-9090`."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class PortSpace:
    """The segments of all ports that are cut by some ranges, and the names that stand for ports.

    `full` is every port of every protocol, `everything` the names, too.
    """

    def __init__(self, ranges: Iterable[Range], names: Iterable[tuple[str, str]] = ()) -> None:
        cuts: Mapping[str, set[int]] = {protocol: {FIRST, LAST + 1} for protocol in PROTOCOLS}
        for protocol, first, last in ranges:
            cuts[protocol].update((first, last + 1))
        self.segments: list[Range] = []
        self._starts: dict[str, list[int]] = {}
        self._offsets: dict[str, int] = {}
        for protocol in PROTOCOLS:
            ordered = sorted(cuts[protocol])
            self._starts[protocol] = ordered
            self._offsets[protocol] = len(self.segments)
            self.segments += (Range(protocol, first, end - 1) for first, end in itertools.pairwise(ordered))
        self.full = (1 << len(self.segments)) - 1
        self._names = sorted(set(names))
        self.everything = (1 << (len(self.segments) + len(self._names))) - 1
        self._texts: dict[int, str] = {0: NONE, self.full: ALL}

    def of(self, protocol: str, first: int, last: int | None = None) -> int:
        """The set of some ports; where no cut is, the segments that hold the first and the last one."""
        starts, offset = self._starts[protocol], self._offsets[protocol]
        begin = bisect_right(starts, first) - 1
        end = bisect_right(starts, first if last is None else last)
        return ((1 << (end - begin)) - 1) << (offset + begin) if end > begin else 0

    def protocol(self, protocol: str) -> int:
        """Every port of a protocol."""
        return self.of(protocol, FIRST, LAST)

    def named(self, protocol: str, name: str) -> int:
        """The bit of a name; an empty protocol is any."""
        return 1 << (len(self.segments) + self._names.index((protocol, name)))

    def names(self, ports: int) -> Iterator[tuple[str, str, int]]:
        """The names in a set: protocol, name and bit."""
        rest = ports >> len(self.segments)
        for number, (protocol, name) in enumerate(self._names):
            if rest >> number & 1:
                yield protocol, name, 1 << (len(self.segments) + number)

    def ranges(self, ports: int) -> Iterator[Range]:
        """The ports of a set; ranges that touch are one."""
        open_: Range | None = None
        rest = ports & self.full
        while rest:
            low = (rest & -rest).bit_length() - 1
            protocol, first, last = self.segments[low]
            if open_ is not None and (open_.protocol, open_.last + 1) == (protocol, first):
                open_ = Range(protocol, open_.first, last)
            else:
                if open_ is not None:
                    yield open_
                open_ = Range(protocol, first, last)
            rest &= rest - 1
        if open_ is not None:
            yield open_

    def text(self, ports: int) -> str:
        """`All Connections`, `No Connections`, or what is in it: `TCP 80,8080-9090,UDP 53`."""
        found = self._texts.get(ports)
        if found is None:
            parts: dict[str, list[str]] = defaultdict(list)
            for each in self.ranges(ports):
                parts[each.protocol].append(str(each))
            for protocol, name, _ in self.names(ports):
                parts[protocol].append(name)
            found = ",".join(sorted(f"{protocol} {','.join(each)}" for protocol, each in parts.items()))
            self._texts[ports] = found
        return found
