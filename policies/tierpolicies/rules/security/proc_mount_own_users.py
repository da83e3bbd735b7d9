"""A container of a pod with users of its own sees /proc without the masks of the runtime.

## What it does
Reports a `procMount` other than Default in pods with `hostUsers: false`, on Kubernetes 1.35 and later.
Pod Security Standards, restricted: /proc Mount Type; the baseline admits it there.

## Why is this bad
Its root is nobody on the node, and still it reads what the masks hide of the kernel.

## Example
```yaml
spec: {hostUsers: false, containers: [{name: build, securityContext: {procMount: Unmasked}}]}
```

## Use instead
```yaml
spec: {hostUsers: false, containers: [{name: build, securityContext: {procMount: Default}}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.rules.security.proc_mount import RELAXED, unusual
from tierpolicies.workloads.security_context import RESTRICTED, has_own_users, minor


@rule(
    severity=Severity.WARNING,
    remediation="Remove procMount.",
    groups=RESTRICTED,
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each such container."""
    if minor(context) < RELAXED:
        return
    for workload in context.index.workloads:
        if has_own_users(workload.own):
            for container in workload.own.containers:
                kind = unusual(container)
                if kind is not None:
                    message = f"the container {container.name!r} mounts /proc as {kind.text!r}, not Default"
                    yield Fault(message, workload.manifest, kind)
