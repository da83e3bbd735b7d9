"""The values of a Helm chart: what is declared, with placement and resources derived for each of its pods."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tiered.errors import TieredError
from tiered.manifest import Body
from tiered.workloads.container import Resources
from tiered.workloads.pod import Placement

_DOT = re.compile(r"(?<!\\)\.")


@dataclass(frozen=True, kw_only=True)
class ComponentPod:
    """A kind of pod that a chart makes, and where the chart takes its settings from.

    Paths are those of `helm --set`: keys joined by dots, a dot within a key written `\\.`;
    "" is the top level.

    Args:
        name: of the workload.
        replicas: as the declared values set them; 1 for a pod on every node.
        per_node: a DaemonSet: it tolerates every taint and is bound to no tier's nodes.
        at: under which nodeSelector, tolerations and priorityClassName stand; None where the
            chart offers none of them.
        priority_at: under which priorityClassName stands if not under `at`.
        priority_class: in place of the tier's.
        containers: by name, the path of the resources and the resources.
        labels: of the pods, by which network policies and monitors find them.
        ports: by name, which they listen on.

    Raises:
        TieredError: a container's resources have no path.
    """

    name: str
    replicas: int = 1
    per_node: bool = False
    at: str | None = ""
    priority_at: str | None = None
    priority_class: str | None = None
    containers: Mapping[str, tuple[str, Resources]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for container, (path, _) in self.containers.items():
            if not path:
                raise TieredError(
                    f"pod {self.name!r}: container {container!r} has no path for its resources:"
                    " write it, 'resources' for those at the top level"
                )

    def settings(self, placement: Placement) -> Iterator[tuple[list[str], object]]:
        """Each derived value with the keys that lead to it."""
        if self.at is not None:
            base = _keys(self.at)
            tolerations: list[Body] = [dict(toleration) for toleration in placement.tolerations]
            if self.per_node:
                tolerations = [{"operator": "Exists"}]
            elif placement.node_selector:
                yield [*base, "nodeSelector"], dict(placement.node_selector)
            if tolerations:
                yield [*base, "tolerations"], tolerations
        priority_at = self.at if self.priority_at is None else self.priority_at
        if priority_at is not None:
            rank = self.priority_class or placement.priority_class
            yield [*_keys(priority_at), "priorityClassName"], rank
        for path, resources in self.containers.values():
            yield _keys(path), resources.body()


def component_values(
    *, declared: Mapping[str, object], pods: Iterable[ComponentPod], placement: Placement
) -> Body:
    """The declared values with those of each pod merged in.

    Raises:
        TieredError: a value is declared and derived, and both differ.
    """
    values = merged(declared, {})
    for pod in pods:
        for keys, value in pod.settings(placement):
            values = merged(values, _nested(keys, value), reason=f"what follows for pod {pod.name!r}")
    return values


def merged(
    values: Mapping[str, object],
    more: Mapping[str, object],
    *,
    reason: str = "the other value",
    above: str = "",
) -> Body:
    """Both together, mappings merged at every depth; neither argument changes.

    Raises:
        TieredError: both hold different values at a path that is no mapping in both.
    """
    result: Body = {
        key: merged(value, {}) if isinstance(value, Mapping) else value for key, value in values.items()
    }
    for key, value in more.items():
        path = above + key.replace(".", "\\.")
        there = result.get(key, {} if isinstance(value, Mapping) else value)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            result[key] = merged(there, value, reason=reason, above=f"{path}.")
        elif there == value:
            result[key] = there
        else:
            raise TieredError(
                f"values {path!r} is {there!r}, which contradicts {reason}, {value!r}: keep one of the two"
            )
    return result


def _nested(keys: Sequence[str], value: object) -> Body:
    first, *rest = keys
    return {first: _nested(rest, value) if rest else value}


def _keys(path: str) -> list[str]:
    return [key.replace("\\.", ".") for key in _DOT.split(path)] if path else []
