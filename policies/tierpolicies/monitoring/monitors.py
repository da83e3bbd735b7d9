"""What the monitors of the Prometheus operator select: Services by their own labels, or pods."""

from collections.abc import Iterable

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.selector import unmet
from tierpolicies.engine.workload import Workload


def namespaces(monitor: Manifest) -> list[str] | None:
    """The namespaces that a monitor looks in: its own, unless it names others; nothing means all."""
    selector = monitor.view.at("spec", "namespaceSelector")
    if selector["any"].value is True:
        return None
    named = [each.text for each in selector["matchNames"] if each.text]
    return named or [monitor.namespace or DEFAULT_NAMESPACE]


def selected_services(index: Index, monitor: Manifest) -> list[Manifest]:
    """The Services that a ServiceMonitor selects."""
    homes = namespaces(monitor)
    selector = monitor.view.at("spec", "selector")
    return [
        service
        for service in index.of_kind("Service")
        if (homes is None or (service.namespace or DEFAULT_NAMESPACE) in homes)
        and not any(unmet(selector, service.labels))
    ]


def selected_pods(index: Index, monitor: Manifest) -> list[Workload]:
    """The workloads whose pods a PodMonitor selects."""
    homes = namespaces(monitor)
    if homes is None:
        homes = sorted({each.manifest.namespace or DEFAULT_NAMESPACE for each in index.workloads})
    selector = monitor.view.at("spec", "selector")
    if not isinstance(selector.value, dict):
        selector = View({})
    return [each for home in homes for each in index.matched(home, selector)]


def behind(index: Index, services: Iterable[Manifest]) -> list[Workload]:
    """The workloads whose pods some Services send to."""
    found: dict[int, Workload] = {}
    for service in services:
        labels = service.view.at("spec", "selector").labels
        for workload in index.selected(service.namespace, labels) if labels else ():
            found[id(workload)] = workload
    return list(found.values())
