"""A container listens on a port that is root's.

## What it does
Reports container ports below 1024. The rule is optional.

## Why is this bad
Only root or a process with NET_BIND_SERVICE may listen there, unless the runtime or a sysctl allows it:
either the container has more power than it needs, or it does not start.

## Example
```yaml
ports: [{containerPort: 80}]
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
    remediation="Listen on a port above 1024; the Service may keep the old one.",
    optional=True,
    known_as=("kube-linter:privileged-ports",),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each port below 1024."""
    for port in container["ports"]:
        number = port["containerPort"].integer
        if number is not None and 0 < number < 1024:
            message = f"the container {container.name!r} listens on port {number}, below 1024"
            yield Fault(message, container.manifest, port["containerPort"])
