"""Changes of a network as lines, and as people say them."""

from collections.abc import Iterator, Sequence

from tierpolicies.network.analysis.difference import Change
from tierpolicies.network.policies.addresses import Partition
from tierpolicies.network.policies.ports import ALL


def difference_lines(
    found: Sequence[Change], *, former: str = "ref1", present: str = "ref2"
) -> Iterator[str]:
    """The changes as lines; nothing where there are none."""
    if found:
        yield "Connectivity diff:"
        yield from (each.line(former, present) for each in found)


def words(change: Change) -> str:
    """A change as people say it: `shop/web can now reach store/db on TCP 5432`."""
    source, destination = _name(change.source), _name(change.destination)
    parts = []
    if change.gained:
        parts.append(f"can now reach {destination} on {_ports(change.gained)}")
    if change.lost:
        parts.append(f"can no longer reach {destination} on {_ports(change.lost)}")
    return f"{source} {', and '.join(parts)}"


def _name(end: str) -> str:
    name, _, kind = end.partition("[")
    if kind != "External]":
        return name.strip("{}")
    whole = [f"{piece}[External]" == end for piece in Partition(()).pieces]
    return "any address outside" if any(whole) else name


def _ports(text: str) -> str:
    return "every port" if text == ALL else text
