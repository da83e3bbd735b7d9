"""Two ports of a Service are the same.

## What it does
Reports ports of one Service that share a name, or a port or node port with the same protocol.

## Why is this bad
The API server refuses the Service.

## Example
```yaml
ports: [{name: http, port: 80}, {name: http, port: 443}]
```

## Use instead
```yaml
ports: [{name: http, port: 80}, {name: https, port: 443}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Service",),
    severity=Severity.ERROR,
    remediation="Give each port a name and a number of its own.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each port that collides with another one."""
    if manifest.group:
        return
    ports = list(manifest.view.at("spec", "ports"))
    if len(ports) < 2:
        return
    names: dict[str, int] = {}
    numbers: dict[tuple[str, int, str], int] = {}
    for position, port in enumerate(sorted(ports, key=lambda each: each["name"].text)):
        name = port["name"]
        if name.text and names.setdefault(name.text, position) != position:
            yield Fault(f"another port is called {name.text!r}, too", manifest, name)
        yield from _taken(manifest, port, position, numbers)


def _taken(
    manifest: Manifest, port: View, position: int, numbers: dict[tuple[str, int, str], int]
) -> Iterator[Fault]:
    protocol = port["protocol"].text or "TCP"
    for field in ("port", "nodePort"):
        number = port[field].integer
        if number and numbers.setdefault((field, number, protocol), position) != position:
            yield Fault(f"another port has the {field} {number} {protocol}, too", manifest, port[field])
