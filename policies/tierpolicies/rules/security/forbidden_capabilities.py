"""A container adds a capability beyond those that a runtime gives by default.

## What it does
Reports each capability in `capabilities.add` that the baseline level of the Pod Security Standards
refuses, NET_RAW, SYS_ADMIN and ALL among them.

## Why is this bad
Most of these capabilities are as good as root on the node (SYS_ADMIN, SYS_PTRACE, SYS_MODULE), or
let the container answer in the name of other pods (NET_RAW, NET_ADMIN).

## Example
```yaml
securityContext: {capabilities: {add: [SYS_ADMIN]}}
```

## Use instead
```yaml
securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.security_context import BASELINE, settings

ALLOWED = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
"""What the baseline level admits, of Kubernetes 1.28 and all others."""


@rule(
    each=Container,
    severity=Severity.ERROR,
    remediation="Remove the capability.",
    groups=BASELINE,
    known_as=(
        "polaris:dangerousCapabilities",
        "polaris:insecureCapabilities",
        "checkov:CKV_K8S_25",
        "checkov:CKV_K8S_39",
    ),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each such capability."""
    if "capabilities" in settings(container.view):
        for capability in container.view.at("securityContext", "capabilities", "add"):
            name = capability.text
            if name and name not in ALLOWED:
                message = f"the container {container.name!r} adds the capability {name}"
                yield Fault(message, container.manifest, capability)
