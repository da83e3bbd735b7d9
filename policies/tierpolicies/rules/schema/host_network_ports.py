"""A pod in the network of its node asks for a port that differs from its container's.

## What it does
Compares `hostPort` with `containerPort` in pods with `hostNetwork: true`.

## Why is this bad
The API server refuses the pod: in the node's own network a port is not translated.

## Example
```yaml
hostNetwork: true
containers: [{name: web, ports: [{containerPort: 8080, hostPort: 80}]}]
```

## Use instead
```yaml
hostNetwork: true
containers: [{name: web, ports: [{containerPort: 8080, hostPort: 8080}]}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Leave out hostPort, or let it be the containerPort.",
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each port of the node that is another in the container."""
    if pod.spec.mapping.get("hostNetwork") is not True:
        return
    for container in pod.containers:
        for port in container["ports"]:
            inside, outside = port["containerPort"].integer, port["hostPort"].integer
            if outside and inside != outside:
                message = f"the hostPort {outside} differs from the containerPort {inside} under hostNetwork"
                yield Fault(message, pod.manifest, port["hostPort"])
