"""The environment variables of a container whose values the tree tells."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload


class Variable(NamedTuple):
    """A value, and the container's entry that gives it."""

    text: str
    view: View


_MADE: WeakKeyDictionary[Index, dict[int, Mapping[str, Variable]]] = WeakKeyDictionary()


def known_variables(index: Index, workload: Workload, container: View) -> Mapping[str, Variable]:
    """Those written in a container, and those that ConfigMaps of the tree give it, by name; found once."""
    made = _MADE.setdefault(index, {})
    known = made.get(id(container.value))
    if known is None:
        known = made[id(container.value)] = _known(index, workload, container)
    return known


def _known(index: Index, workload: Workload, container: View) -> dict[str, Variable]:
    found = dict(_from_maps(index, workload, container)) if container["envFrom"] else {}
    for entry in container["env"]:
        name, value = entry["name"].text, entry["value"]
        if value.text:
            found[name] = Variable(value.text, value)
            continue
        reference = entry.at("valueFrom", "configMapKeyRef")
        if reference:
            text = _map_data(index, workload, reference["name"].text)[reference["key"].text].text
            found.pop(name, None)
            if text:
                found[name] = Variable(text, entry)
        else:
            found.pop(name, None)
    return found


def _from_maps(index: Index, workload: Workload, container: View) -> Iterator[tuple[str, Variable]]:
    for source in container["envFrom"]:
        prefix = source["prefix"].text
        data = _map_data(index, workload, source.at("configMapRef", "name").text)
        for key, value in data.items():
            if value.text:
                yield prefix + key, Variable(value.text, source)


def _map_data(index: Index, workload: Workload, name: str) -> View:
    found = index.find("ConfigMap", name, workload.manifest.namespace) if name else None
    return found.view["data"] if found is not None else View(None)
