"""A variable leads to a port that the Service does not have.

## What it does
Compares the port beside a host name such as `data.shop.svc` with the Service's ports: right behind it in a
variable of a container, or in the variable of the same container that ends in `_PORT` as the host's own
ends in `_HOST`. A headless Service leads straight to its pods: there any port of a container will do, too.

## Why is this bad
A Service listens on its own ports alone: whoever connects to another waits until the time is out.

## Example
```yaml
env: [{name: DATA_HOST, value: data.shop.svc}, {name: DATA_PORT, value: "5433"}]   # the Service has 5432
```

## Use instead
```yaml
env: [{name: DATA_HOST, value: data.shop.svc}, {name: DATA_PORT, value: "5432"}]
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_MARK = ".svc"
_NAME = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_HOST = re.compile(
    r"(?<![-.\w})>%])(" + _NAME + r")\.(" + _NAME + r")\.svc(?:\.cluster\.local)?\.?(?::(\d{1,5})(?!\d)|$)"
)
"""A Service, its namespace, and the port behind; with neither a port nor an end there is nothing to tell."""


@rule(
    needs=(PODS, "Service"),
    severity=Severity.WARNING,
    remediation="Name one of the Service's ports.",
    rests_on=("Service",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each such port."""
    for workload in context.index.workloads:
        for container in workload.containers:
            variables = {each["name"].text: each["value"] for each in container["env"]}
            for name, value in variables.items():
                for match in _HOST.finditer(value.text) if _MARK in value.text else ():
                    service = context.index.find("Service", match[1], match[2])
                    port = value if match[3] else _beside(variables, name)
                    if service is not None and port is not None:
                        figure = match[3] or port.text
                        yield from _told(figure, _ports(context, service), service, workload.manifest, port)


def _beside(variables: dict[str, View], name: str) -> View | None:
    """The port that belongs to a variable with a host."""
    return variables.get(f"{name.removesuffix('HOST')}PORT") if name.endswith("_HOST") else None


def _ports(context: Context, service: Manifest) -> list[int]:
    """The ports that answer under a Service's name; none where that cannot be told."""
    spec = service.view["spec"]
    if spec["type"].text == "ExternalName":
        return []
    ports = [each["port"] for each in spec["ports"]]
    if spec["clusterIP"].text == "None":
        pods = context.index.selected(service.namespace, spec["selector"].labels) if spec["selector"] else []
        if not pods:
            return []
        ports += [each["containerPort"] for pod in pods for one in pod.containers for each in one["ports"]]
    return list(dict.fromkeys(number for port in ports if (number := port.integer)))


def _told(
    figure: str, known: list[int], service: Manifest, manifest: Manifest, port: View
) -> Iterator[Fault]:
    if known and figure.isdecimal() and int(figure) not in known:
        ports = ", ".join(map(str, known))
        message = f"the Service {service.name} of {service.namespace} has no port {figure}, only {ports}"
        yield Fault(message, manifest, port, detail=figure)
