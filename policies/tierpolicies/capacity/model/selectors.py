"""Selectors by labels, compiled once: of pods (LabelSelector) and of nodes (NodeSelectorTerm).

Source: apimachinery labels.Requirement.Matches and component-helpers scheduling/corev1/nodeaffinity: NotIn
and DoesNotExist hold where the label is missing; Gt and Lt want integers on both sides; a missing selector
matches nothing, an empty one everything, an empty term no node.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tierpolicies.documents.view import View

_INTEGER = re.compile(r"[+-]?\d{1,19}")
NAME_FIELD = "metadata.name"


class Requirement(NamedTuple):
    """What is wanted of one label (or field) of a pod or a node."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def met(self, labels: Mapping[str, str]) -> bool:
        """Whether some labels meet it."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value in self.values
            case "NotIn":
                return value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
            case "Gt":
                return _beyond(value, self.values, 1)
            case "Lt":
                return _beyond(value, self.values, -1)
        return False


class Selector(NamedTuple):
    """A LabelSelector: all requirements hold; one without any matches everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels meet all requirements."""
        return all(each.met(labels) for each in self.requirements)


class NodeTerm(NamedTuple):
    """One of the alternatives of a NodeSelector."""

    labels: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether a node meets all requirements; a term without any is met by none."""
        if not self.labels and not self.fields:
            return False
        return all(each.met(labels) for each in self.labels) and all(
            each.met({NAME_FIELD: name}) for each in self.fields
        )


def selector(view: View) -> Selector | None:
    """A LabelSelector; nothing, which matches no pod, where there is none."""
    if not isinstance(view.value, dict):
        return None
    equal = (Requirement(key, "In", (value,)) for key, value in view["matchLabels"].labels.items())
    return Selector((*equal, *requirements(view["matchExpressions"])))


def requirements(expressions: View) -> Iterator[Requirement]:
    """The requirements of a list of matchExpressions or matchFields."""
    for each in expressions:
        values = tuple(value.text for value in each["values"])
        yield Requirement(each["key"].text, each["operator"].text, values)


def node_term(view: View) -> NodeTerm:
    """A NodeSelectorTerm."""
    return NodeTerm(tuple(requirements(view["matchExpressions"])), tuple(requirements(view["matchFields"])))


def _beyond(value: str | None, bounds: tuple[str, ...], sign: int) -> bool:
    if value is None or len(bounds) != 1:
        return False
    if not _INTEGER.fullmatch(value) or not _INTEGER.fullmatch(bounds[0]):
        return False
    return (int(value) - int(bounds[0])) * sign > 0
