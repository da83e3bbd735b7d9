"""A container takes a port of the node.

## What it does
Reports ports with a `hostPort` other than 0. Pod Security Standards, baseline: Host Ports.

## Why is this bad
The port is open to whoever reaches the node, past Services and, with many networks, past
NetworkPolicies. Only one such pod fits on a node, so that the others stay pending.

## Example
```yaml
ports: [{containerPort: 8080, hostPort: 8080}]
```

## Use instead
```yaml
ports: [{containerPort: 8080}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.security_context import BASELINE


@rule(
    each=Container,
    severity=Severity.ERROR,
    remediation="Remove hostPort, and make a Service.",
    groups=BASELINE,
    known_as=("polaris:hostPortSet", "checkov:CKV_K8S_26"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each port of the node."""
    for port in container["ports"]:
        number = port["hostPort"]
        if number.integer:
            message = f"the container {container.name!r} takes port {number.integer} of the node"
            yield Fault(message, container.manifest, number)
