"""A container may send packets of any make.

## What it does
Reports containers that drop neither NET_RAW nor ALL. The rule is optional:
`security/kept-capabilities` asks for ALL.

## Why is this bad
NET_RAW is given by default. With it a process answers ARP and DNS in the name of other pods.

## Example
```yaml
securityContext: {capabilities: {drop: [MKNOD]}}
```

## Use instead
```yaml
securityContext: {capabilities: {drop: [NET_RAW]}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.security_context import settings

_DROPPED = ("NET_RAW", "ALL", "all")


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Drop NET_RAW or, better, ALL.",
    optional=True,
    known_as=("kube-linter:drop-net-raw-capability", "checkov:CKV_K8S_28"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container with NET_RAW."""
    if container.pod.is_windows:
        return
    given = settings(container.view).get("capabilities")
    dropped = given.get("drop") if isinstance(given, dict) else None
    if not (isinstance(dropped, list) and any(each in dropped for each in _DROPPED)):
        message = f"the container {container.name!r} keeps the capability NET_RAW"
        yield Fault(message, container.manifest, container.view.at("securityContext", "capabilities", "drop"))
