"""A monitor scrapes a port that is not there.

## What it does
Looks up the port of each endpoint: by name among the ports of the Services that a ServiceMonitor
selects, `targetPort` and the ports of a PodMonitor among those that the containers declare.

## Why is this bad
Prometheus drops the target: nothing is scraped, dashboards stay empty and alerts silent.

## Example
```yaml
kind: ServiceMonitor
spec: {endpoints: [{port: metric}]}   # the Service's port is called metrics
```

## Use instead
```yaml
kind: ServiceMonitor
spec: {endpoints: [{port: metrics}]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.monitoring.monitors import behind, selected_pods, selected_services
from tierpolicies.traffic.pod_ports import PodPorts


@rule(
    needs=("ServiceMonitor", "PodMonitor"),
    severity=Severity.WARNING,
    remediation="Name a port that the Service has, or for a PodMonitor the container.",
    rests_on=("Service", PODS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each endpoint whose port nothing selected has."""
    for monitor in context.index.of_kind("ServiceMonitor"):
        endpoints = monitor.view.at("spec", "endpoints")
        services = selected_services(context.index, monitor) if any(endpoints) else []
        if services:
            for endpoint in endpoints:
                yield from _of_services(context, monitor, endpoint, services)
    for monitor in context.index.of_kind("PodMonitor"):
        pods = selected_pods(context.index, monitor)
        if pods:
            ports = PodPorts(pods)
            for endpoint in monitor.view.at("spec", "podMetricsEndpoints"):
                for field in ("port", "portNumber", "targetPort"):
                    yield from _of_pods(monitor, endpoint[field], ports)


def _of_services(
    context: Context, monitor: Manifest, endpoint: View, services: list[Manifest]
) -> Iterator[Fault]:
    port = endpoint["port"]
    if not port.text:
        pods = behind(context.index, services)
        if pods:
            yield from _of_pods(monitor, endpoint["targetPort"], PodPorts(pods))
        return
    ports = [each for service in services for each in service.view.at("spec", "ports")]
    names = [each["name"].text for each in ports if each["name"].text]
    if port.text in names:
        return
    who = f"the Service {services[0].name}" + (f" and {len(services) - 1} more" if services[1:] else "")
    if any(port.text == str(each["port"].value) for each in ports):
        message = f"{port.text} is a number; a ServiceMonitor takes the name of a port of {who}"
    else:
        message = f"{who} has no port named {port.text!r}{nearest(port.text, names)}"
    yield Fault(message, monitor, port)


def _of_pods(monitor: Manifest, port: View, ports: PodPorts) -> Iterator[Fault]:
    wanted = port.text or port.integer
    if not wanted or ports.has(wanted):
        return
    if isinstance(wanted, str):
        hint = nearest(wanted, ports.names)
        yield Fault(f"no container of {ports.pods} has a port named {wanted!r}{hint}", monitor, port)
    elif ports.numbers:
        yield Fault(f"no container of {ports.pods} declares the port {wanted}", monitor, port)
