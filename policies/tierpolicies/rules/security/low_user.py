"""A container runs as a user or group that the node may have too.

## What it does
Reports containers whose user or group, their own or the pod's, is not set or below the parameter
`least`. The rule is optional.

## Why is this bad
A process that gets out of its container is, on the node, the user of the same number: below 10000 that
may be somebody.

## Example
```yaml
securityContext: {runAsUser: 1000, runAsGroup: 1000}
```

## Use instead
```yaml
securityContext: {runAsUser: 10001, runAsGroup: 10001}
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.security_context import chosen


@dataclass(frozen=True)
class Parameters:
    """The least number of a user or a group."""

    least: int = 10000


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Set runAsUser and runAsGroup to numbers of 10000 and above.",
    optional=True,
    known_as=("kube-score:container-security-context-user-group-id", "checkov:CKV_K8S_40"),
    parameters=Parameters(),
)
def check(container: Container, parameters: Parameters) -> Iterator[Fault]:
    """Reports a low or unset user, and a low or unset group."""
    if container.field == "ephemeralContainers" or container.pod.is_windows:
        return
    for key, what in (("runAsUser", "user"), ("runAsGroup", "group")):
        number, owner = chosen(container.pod, container.view, key)
        if isinstance(number, int) and not isinstance(number, bool) and number >= parameters.least:
            continue
        has = f"runs as {what} {number}" if number is not None else f"sets no {what}"
        at = owner.at("securityContext", key)
        yield Fault(f"the container {container.name!r} {has}", container.manifest, at, detail=container.name)
