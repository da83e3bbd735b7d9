"""A container may gain more privileges than it starts with.

## What it does
Reports containers that do not set `allowPrivilegeEscalation: false`. Pod Security Standards,
restricted: Privilege Escalation. Pods for Windows need not. Privileged containers, and those with
SYS_ADMIN, cannot; they are reported as such.

## Why is this bad
Unless it is false, a set-user-ID binary in the image (su, sudo, mount) makes root of any user.

## Example
```yaml
securityContext: {runAsNonRoot: true}
```

## Use instead
```yaml
securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.nodes import Value
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.security_context import RESTRICTED, settings


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Set allowPrivilegeEscalation to false in the container's securityContext.",
    groups=RESTRICTED,
    known_as=(
        "kube-linter:privilege-escalation-container",
        "polaris:privilegeEscalationAllowed",
        "checkov:CKV_K8S_20",
    ),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container that may gain privileges, unless it has them all."""
    given = settings(container.view)
    allowed = given.get("allowPrivilegeEscalation")
    if allowed is False or container.pod.is_windows or _is_almighty(given):
        return
    how = "allows privilege escalation" if allowed else "does not forbid privilege escalation"
    at = container.view.at("securityContext", "allowPrivilegeEscalation")
    yield Fault(f"the container {container.name!r} {how}", container.manifest, at)


def _is_almighty(given: dict[str, Value]) -> bool:
    """Whether there is nothing to gain; the API server refuses false for such a container."""
    capabilities = given.get("capabilities")
    added = capabilities.get("add") if isinstance(capabilities, dict) else None
    adds_all = isinstance(added, list) and any(name in added for name in ("SYS_ADMIN", "CAP_SYS_ADMIN"))
    return given.get("privileged") is True or adds_all
