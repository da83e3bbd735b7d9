"""What a pod wants of a node's labels: its nodeSelector and its required node affinity.

Source: kubernetes component-helpers scheduling/corev1/nodeaffinity: terms are alternatives, the
requirements of a term hold all together, and a term without any matches no node.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tierpolicies.documents.view import View
from tierpolicies.engine.workload import Pod

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


@dataclass
class _Wanted:
    """What is wanted of one label: the values it may have (any, where nothing), and those it may not."""

    values: set[str] | None = None
    refused: set[str] = field(default_factory=set)
    exists: bool = False
    absent: bool = False
    above: int | None = None
    below: int | None = None

    def narrow(self, values: set[str]) -> None:
        self.exists = True
        self.values = values if self.values is None else self.values & values

    @property
    def is_impossible(self) -> bool:
        if self.absent and self.exists:
            return True
        if self.values is not None and not self.values - self.refused:
            return True
        # Both bounds are open: nothing lies between 3 and 4.
        return self.above is not None and self.below is not None and self.below - self.above < 2


def terms(pod: Pod) -> View:
    """The alternatives of the required node affinity."""
    return pod.spec["affinity"]["nodeAffinity"][_REQUIRED]["nodeSelectorTerms"]


def impossible_keys(pod: Pod) -> dict[View, str]:
    """The term of each alternative, with a label on which it contradicts itself or the nodeSelector.

    Empty where any alternative can be met.
    """
    found: dict[View, str] = {}
    for term in terms(pod):
        key = _contradiction(pod.spec["nodeSelector"].labels, term)
        if key is None:
            return {}
        found[term] = key
    return found


def allows(pod: Pod, labels: Mapping[str, str], known: set[str]) -> bool:
    """Whether the required node affinity allows a node with some labels.

    What is wanted of labels that are not `known` counts as met.
    """
    alternatives = list(terms(pod))
    return not alternatives or any(_matches(each, labels, known) for each in alternatives)


def _contradiction(selector: Mapping[str, str], term: View) -> str | None:
    wanted: dict[str, _Wanted] = {}
    for key, value in selector.items():
        wanted.setdefault(key, _Wanted()).narrow({value})
    for requirement in term["matchExpressions"]:
        _add(wanted.setdefault(requirement["key"].text, _Wanted()), requirement)
    return next((key for key, each in wanted.items() if each.is_impossible), None)


def _add(wanted: _Wanted, requirement: View) -> None:
    values = _values(requirement)
    match requirement["operator"].text:
        case "In":
            wanted.narrow(set(values))
        case "NotIn":
            wanted.refused |= set(values)
        case "Exists":
            wanted.exists = True
        case "DoesNotExist":
            wanted.absent = True
        case "Gt" | "Lt" as operator:
            _bound(wanted, operator, values)


def _bound(wanted: _Wanted, operator: str, values: Sequence[str]) -> None:
    wanted.exists = True
    number = _number(values[0]) if values else None
    if number is None:
        return
    if operator == "Gt":
        wanted.above = number if wanted.above is None else max(number, wanted.above)
    else:
        wanted.below = number if wanted.below is None else min(number, wanted.below)


def _matches(term: View, labels: Mapping[str, str], known: set[str]) -> bool:
    return all(_met(requirement, labels, known) for requirement in term["matchExpressions"])


def _met(requirement: View, labels: Mapping[str, str], known: set[str]) -> bool:
    key = requirement["key"].text
    if key not in known:
        return True
    value, values = labels.get(key), _values(requirement)
    match requirement["operator"].text:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return True


def _values(requirement: View) -> Sequence[str]:
    return [each.text for each in requirement["values"]]


def _number(text: str) -> int | None:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 19 else None


def node_labels(pod: Pod) -> Iterator[tuple[str, View]]:
    """Every label of nodes that a pod names for its place, and where it names it."""
    yield from pod.spec["nodeSelector"].items()
    affinity = pod.spec["affinity"]["nodeAffinity"]
    preferred = affinity["preferredDuringSchedulingIgnoredDuringExecution"]
    for term in (*terms(pod), *(each["preference"] for each in preferred)):
        for requirement in term["matchExpressions"]:
            yield requirement["key"].text, requirement["key"]
