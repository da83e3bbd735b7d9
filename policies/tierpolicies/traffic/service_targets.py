"""Which Services lead to a workload's pods, and to which of their ports."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload
from tierpolicies.traffic.isolation import Port, target_ports


class Target(NamedTuple):
    """A port of a Service, and the ports of a workload's pods that it leads to."""

    service: Manifest
    port: View
    pod_ports: list[Port]

    @property
    def is_headless(self) -> bool:
        """Whether the Service has no address of its own, but those of its pods."""
        return self.service.view.at("spec", "clusterIP").text == "None"


_MADE: WeakKeyDictionary[Index, dict[int, list[Target]]] = WeakKeyDictionary()


def service_targets(index: Index, workload: Workload) -> Sequence[Target]:
    """The Services of the tree that lead to a workload, port by port; found once for all."""
    if index not in _MADE:
        _MADE[index] = _found(index)
    return _MADE[index].get(id(workload.manifest), ())


def _found(index: Index) -> dict[int, list[Target]]:
    found: dict[int, list[Target]] = defaultdict(list)
    for service in index.of_kind("Service"):
        labels = service.view.at("spec", "selector").labels
        for workload in index.selected(service.namespace, labels) if labels else ():
            if not workload.finishes:
                for port in service.view.at("spec", "ports"):
                    found[id(workload.manifest)].append(Target(service, port, target_ports(port, workload)))
    return found
