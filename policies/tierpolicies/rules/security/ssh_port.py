"""A container serves SSH.

## What it does
Reports TCP port 22 among a container's ports.

## Why is this bad
A shell of its own in a container is a second way in, with its own users and keys, that the cluster's
access control and audit do not see. `kubectl exec` needs none.

## Example
```yaml
ports: [{containerPort: 22}]
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


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Remove the SSH server, or serve what it is for (git, sftp) on a port above 1024.",
    known_as=("kube-linter:ssh-port",),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports port 22."""
    for port in container["ports"]:
        if port["containerPort"].value == 22 and port["protocol"].text in ("", "TCP"):
            message = f"the container {container.name!r} listens on port 22, that of SSH"
            yield Fault(message, container.manifest, port["containerPort"])
