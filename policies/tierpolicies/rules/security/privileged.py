"""A container is privileged.

## What it does
Reports `securityContext.privileged: true` of any container. Pod Security Standards, baseline:
Privileged Containers.

## Why is this bad
Nothing separates such a container from the node: it has all capabilities and all devices, so that
whoever gets into it has the node and, with the kubelet's credentials, all pods on it.

## Example
```yaml
securityContext: {privileged: true}
```

## Use instead
```yaml
securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.security_context import BASELINE, settings


@rule(
    each=Container,
    severity=Severity.ERROR,
    remediation="Remove privileged, and add the one capability that is needed, if any.",
    groups=BASELINE,
    known_as=(
        "kube-linter:privileged-container",
        "kube-score:container-security-context-privileged",
        "polaris:runAsPrivileged",
        "checkov:CKV_K8S_16",
    ),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a privileged container."""
    if settings(container.view).get("privileged") is True:
        message = f"the container {container.name!r} is privileged: it is root on the node"
        yield Fault(message, container.manifest, container.view.at("securityContext", "privileged"))
