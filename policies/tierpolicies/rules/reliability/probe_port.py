"""A probe asks on a port that its container does not have.

## What it does
Reports probes on a port's name that their container does not declare, and, as a warning, probes on a number
that is not among the ports that their container declares. A port of UDP is none for a probe. A container
that declares no port at all need not declare this one.

## Why is this bad
The probe can only fail: the pod is never ready, or is restarted for ever.

## Example
```yaml
ports: [{name: http, containerPort: 8080}]
readinessProbe: {httpGet: {path: /ready, port: htpt}}
```

## Use instead
```yaml
ports: [{name: http, containerPort: 8080}]
readinessProbe: {httpGet: {path: /ready, port: http}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.probes import PROBES, handler

_TCP = ("", "TCP")


@rule(
    each=Container,
    severity=Severity.ERROR,
    remediation="Probe a port that the container declares.",
    known_as=("kube-linter:liveness-port", "kube-linter:readiness-port", "kube-linter:startup-port"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each probe that asks nobody."""
    given = container.view.mapping
    for name in PROBES:
        if name not in given:
            continue
        port = handler(container[name])["port"]
        if port.text:
            yield from _by_name(container, name, port)
        elif port.integer is not None:
            yield from _by_number(container, name, port)


def _by_name(container: Container, probe: str, port: View) -> Iterator[Fault]:
    names = [each["name"].text for each in _ports(container)]
    if port.text not in names and not port.text.isdecimal():
        message = (
            f"the {probe} of {container.name!r} asks on {port.text!r}, and the container has no such port"
        )
        yield Fault(f"{message}{nearest(port.text, names)}", container.manifest, port)


def _by_number(container: Container, probe: str, port: View) -> Iterator[Fault]:
    if not container["ports"].value:
        return
    own = [number for each in _ports(container) if (number := each["containerPort"].integer) is not None]
    if port.integer not in own:
        told = ", ".join(map(str, own)) or "none for TCP"
        message = f"the {probe} of {container.name!r} asks on {port.integer}; the ports declared are {told}"
        yield Fault(message, container.manifest, port, severity=Severity.WARNING)


def _ports(container: Container) -> Iterator[View]:
    """The ports that a probe can ask on."""
    return (each for each in container["ports"] if each["protocol"].text in _TCP)
