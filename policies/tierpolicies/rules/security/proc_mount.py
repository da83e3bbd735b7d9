"""A container sees /proc without the masks of the runtime.

## What it does
Reports a `procMount` other than Default. Pod Security Standards, baseline: /proc Mount Type. Pods with
users of their own (`hostUsers: false`), which the baseline admits from Kubernetes 1.35 on, are left to
`security/proc-mount-own-users`.

## Why is this bad
The masked parts of /proc show and change the kernel's own settings, of the whole node.

## Example
```yaml
securityContext: {procMount: Unmasked}
```

## Use instead
```yaml
securityContext: {procMount: Default}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.security_context import BASELINE, has_own_users, minor, settings

RELAXED = 35
"""The minor version from which on the baseline level knows users of a pod's own."""


@rule(
    severity=Severity.ERROR,
    remediation="Remove procMount.",
    groups=BASELINE,
    known_as=("kube-linter:unsafe-proc-mount", "polaris:procMount"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each such container."""
    knows_users = minor(context) >= RELAXED
    for workload in context.index.workloads:
        for container in workload.own.containers:
            kind = unusual(container)
            if kind is not None and not (knows_users and has_own_users(workload.own)):
                message = f"the container {container.name!r} mounts /proc as {kind.text!r}, not Default"
                yield Fault(message, workload.manifest, kind)


def unusual(container: Container) -> View | None:
    """The mount type of /proc that a container asks for, unless it is the default one."""
    kind = settings(container.view).get("procMount")
    is_unusual = isinstance(kind, str) and kind != "Default"
    return container.view.at("securityContext", "procMount") if is_unusual else None
