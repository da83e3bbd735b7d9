"""The places of an object where mistakes are made: each in a copy that may be spoilt."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from tests.mutation.operator import Object

_TEMPLATES = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


def template(value: Object) -> Object | None:
    path = _TEMPLATES.get(value["kind"])
    for step in path or ():
        value = value.get(step, {})
    return value if path else None


def pods(value: Object) -> Iterator[tuple[Object, Object]]:
    """A copy of the object and the spec of its pod in that copy."""
    copy = deepcopy(value)
    of_pods = template(copy)
    if of_pods is not None:
        yield copy, of_pods["spec"]


def containers(value: Object) -> Iterator[tuple[Object, Object]]:
    """For each main container a copy of the object and that container in the copy."""
    of_pods = template(value)
    for index in range(len(of_pods["spec"]["containers"]) if of_pods else 0):
        for copy, pod in pods(value):
            yield copy, pod["containers"][index]


def of_kind(value: Object, *kinds: str) -> Iterator[Object]:
    if value["kind"] in kinds:
        yield deepcopy(value)
