"""A container may write to its own image.

## What it does
Reports containers that do not set `readOnlyRootFilesystem: true`. Containers that are added to look
inside, and pods for Windows, need not.

## Why is this bad
Whoever gets in replaces the program and stays; and what an application writes there is gone with the
next restart, and fills the node's disk until then.

## Example
```yaml
securityContext: {runAsNonRoot: true}
```

## Use instead
```yaml
securityContext: {runAsNonRoot: true, readOnlyRootFilesystem: true}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.security_context import settings


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Set readOnlyRootFilesystem to true, and mount an emptyDir where the application writes.",
    known_as=(
        "kube-linter:no-read-only-root-fs",
        "kube-score:container-security-context-readonlyrootfilesystem",
        "polaris:notReadOnlyRootFilesystem",
        "checkov:CKV_K8S_22",
    ),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container with a writable root."""
    if settings(container.view).get("readOnlyRootFilesystem") is True:
        return
    if container.field != "ephemeralContainers" and not container.pod.is_windows:
        at = container.view.at("securityContext", "readOnlyRootFilesystem")
        yield Fault(f"the container {container.name!r} may write to its root", container.manifest, at)
