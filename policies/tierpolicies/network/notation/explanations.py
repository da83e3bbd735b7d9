"""Explanations as text: the connections that policies have a say in, then those that none has."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from tierpolicies.network.analysis.explanation import DEFAULT, Explained, Reason, Verdict, explained
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.ports import FIRST, LAST, PortSpace
from tierpolicies.network.topology.endpoints import Endpoint

_LINE = "-" * 160
_TOLD = ("TCP", "UDP", "SCTP")
Where = Callable[[Reason], str]
"""What is added to a reason: the place that it stands at, or nothing."""


def nowhere(_: Reason) -> str:
    """Adds no place."""
    return ""


def positions(reason: Reason) -> str:
    """Adds file and line of the rule, or of the policy where no rule speaks."""
    if reason.manifest is None:
        return ""
    pointer = reason.view.pointer if reason.view is not None else ""
    line, _ = reason.manifest.position(pointer)
    return f" [{reason.manifest.file}:{line}]"


def explanations(
    network: Network, pairs: Iterable[tuple[Endpoint, Endpoint]], *, where: Where = nowhere
) -> Iterator[str]:
    """The lines that explain some pairs, which come in the order of their names."""
    by_default = []
    is_first = True
    for source, destination in pairs:
        found = explained(network, source, destination)
        if len(found) == 1 and found[0].is_default:
            by_default.append(f"{source.name} => {destination.name}")
            continue
        if is_first:
            yield from _header("Specific connections and their reasons")
            is_first = False
        yield _LINE
        yield f"Connections between {source.name} => {destination.name}:"
        yield ""
        yield from _of_pair(network.space, found, where)
    if by_default:
        yield from _header(f"All Connections due to {DEFAULT}")
        yield from by_default


def _header(text: str) -> Iterator[str]:
    line = f"# {text} #"
    yield from ("", "#" * len(line), line, "#" * len(line))


def _of_pair(space: PortSpace, found: Sequence[Explained], where: Where) -> Iterator[str]:
    for is_allowed, word in ((True, "Allowed"), (False, "Denied")):
        classes: dict[str, int] = defaultdict(int)
        for each in found:
            if each.is_allowed == is_allowed:
                classes[_because(each, where)] |= each.ports
        if classes:
            yield f"{word} connections:"
            for ports, because in sorted(
                (_ports(space, ports), because) for because, ports in classes.items()
            ):
                yield f"\t{word} {ports}{because}"


def _ports(space: PortSpace, ports: int) -> str:
    parts: dict[str, list[str]] = defaultdict(list)
    whole = set()
    for each in space.ranges(ports):
        parts[each.protocol].append(str(each))
        if (each.first, each.last) == (FIRST, LAST):
            whole.add(each.protocol)
    return ", ".join(
        protocol if protocol in whole else f"{protocol}:[{','.join(parts[protocol])}]"
        for protocol in _TOLD
        if protocol in parts
    )


def _because(each: Explained, where: Where) -> str:
    if each.is_default:
        return f" due to {DEFAULT}\n"
    egress = f"\t\tEgress {_verdict(each.egress, where)}\n"
    ingress = f"\t\tIngress {_verdict(each.ingress, where)}\n"
    return f" due to the following policies and rules:\n{egress}{ingress}"


def _verdict(verdict: Verdict, where: Where) -> str:
    result = "(Allowed)" if verdict.is_allowed else "(Denied)"
    kinds: dict[str, list[str]] = defaultdict(list)
    for reason in dict.fromkeys(verdict.reasons):
        kinds[reason.kind].append(reason.text + where(reason))
    if list(kinds) == [""]:
        return f"{result} due to {kinds[''][0]}"
    for kind in sorted(kinds, key=lambda kind: (_rank(kind), kind)):
        result += "\n" + _list(kind, sorted(kinds[kind]))
    return result


def _rank(kind: str) -> int:
    """Administrators' policies come first, the default last."""
    return {"AdminNetworkPolicy": 0, "BaselineAdminNetworkPolicy": 2, "": 3}.get(kind, 1)


def _list(kind: str, reasons: Sequence[str]) -> str:
    if len(reasons) == 1:
        return f"\t\t\t{reasons[0]}"
    return "".join([f"\t\t\t{kind} list:\n", *(f"\t\t\t\t- {each}\n" for each in reasons)])
