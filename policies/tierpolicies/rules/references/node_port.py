"""Two Services want the same port of the nodes.

## What it does
Reports node ports that another Service of the tree has, too, with the same protocol. Files of two
environments are not compared.

## Why is this bad
The API server refuses the Service that comes second.

## Example
```yaml
ports: [{port: 80, nodePort: 30080}]   # in two Services
```

## Use instead
```yaml
ports: [{port: 80}]   # the cluster chooses one
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=("Service",),
    severity=Severity.ERROR,
    remediation="Choose another port, or leave the choice to the cluster.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each node port that is taken."""
    taken: dict[tuple[int, str], list[Manifest]] = {}
    for service in sorted(context.index.of_kind("Service"), key=lambda each: each.subject):
        for port in service.view.at("spec", "ports"):
            node_port = port["nodePort"]
            number = node_port.integer
            if not number:
                continue
            protocol = port["protocol"].text or "TCP"
            others = taken.setdefault((number, protocol), [])
            for other in others:
                if other.subject != service.subject and not context.overlays.apart(other.file, service.file):
                    message = f"{other.subject} has the node port {number} {protocol}, too"
                    yield Fault(message, service, node_port)
                    break
            others.append(service)
