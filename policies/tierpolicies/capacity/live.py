"""Nodes and pods of a cluster that runs, as `kubectl get nodes,pods -A -o json` prints them, and where pods
go."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tierpolicies.capacity.model.features import Features
from tierpolicies.capacity.model.node import Node, read_node
from tierpolicies.capacity.model.pod import Pod, read_pod
from tierpolicies.capacity.model.requests import ModelError
from tierpolicies.capacity.scheduler.simulation import Scheduler
from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import Source, parse

T = TypeVar("T")
_WRITE = {"Node": "kubectl get nodes -o json", "Pod": "kubectl get pods -A -o json"}


class InputError(ValueError):
    """A file that holds no list of nodes or pods; the message has the place, the reason and the mend."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A pod with its node; without one, with the scheduler's word on it."""

    namespace: str
    name: str
    node: str | None
    message: str | None


def read_nodes(text: str, file: str) -> list[Node]:
    """The nodes of a list, YAML or JSON; an InputError where it cannot be understood whole."""
    nodes = list(_read(text, file, "Node", _node))
    if not nodes:
        raise InputError(f"{file}: it holds no Node; write one with `{_WRITE['Node']}`")
    return nodes


def read_pods(text: str, file: str, features: Features) -> list[Pod]:
    """The pods of a list, in its order; an InputError where it cannot be understood whole."""
    return list(_read(text, file, "Pod", lambda view: read_pod(view, features)))


def schedule(
    nodes: Sequence[Node], pods: Sequence[Pod], features: Features, *, seed: int = 0
) -> list[Placed]:
    """Where each pod is or goes, in the order of the pods; finished ones stay where they ended."""
    outcome = Scheduler(nodes, pods, features=features).run(seed=seed)
    return [
        Placed(pod.namespace, pod.name, node, outcome.messages.get(number))
        for number, (pod, node) in enumerate(zip(pods, outcome.nodes, strict=True))
    ]


def _node(view: View) -> Node:
    if not view.at("status", "allocatable").mapping and not view.at("status", "capacity").mapping:
        raise ModelError(view, "the node says neither status.allocatable nor status.capacity")
    return read_node(view)


def _read(text: str, file: str, kind: str, make: Callable[[View], T]) -> Iterator[T]:
    source = parse(text, file=file)
    for problem in source.problems:
        raise InputError(f"{file}:{problem.line}:{problem.column}: {problem.message}; {problem.mend}")
    seen: set[tuple[str, str]] = set()
    for item in _items(source, kind):
        metadata = item["metadata"]
        name = (metadata["namespace"].text, metadata["name"].text)
        if not name[1]:
            raise _error(source, metadata, f"a {kind} without a name; give it metadata.name")
        if name in seen:
            told = "/".join(filter(None, name))
            raise _error(source, metadata["name"], f"{kind} {told} stands in the list twice; leave one out")
        seen.add(name)
        try:
            yield make(item)
        except ModelError as error:
            raise _error(source, error.at, str(error)) from None


def _items(source: Source, kind: str) -> Iterator[View]:
    """The objects of a kind in a List, in a plain array, or the one that is there alone; others are passed
    over."""
    whole = View(source.value)
    if isinstance(whole.value, list):
        items = list(whole)
    elif whole["kind"].text == kind:
        items = [whole]
    elif isinstance(whole["items"].value, list):
        items = list(whole["items"])
    else:
        message = f"neither a List nor a {kind}; write one with `{_WRITE[kind]}`"
        raise _error(source, whole, message)
    for item in items:
        if not isinstance(item.value, dict):
            raise _error(source, item, f"not an object, where a {kind} should be")
        if item["kind"].text in ("", kind):
            yield item


def _error(source: Source, at: View, reason: str) -> InputError:
    line, column = source.position(at.pointer)
    where = f" ({at.pointer})" if at.pointer else ""
    return InputError(f"{source.file}:{line}:{column}: {reason}{where}")
