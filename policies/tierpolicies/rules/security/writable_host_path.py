"""A container may write to a path of the node.

## What it does
Reports mounts of `hostPath` volumes that are not `readOnly`. The rule is optional:
`security/host-path` reports every path of the node.

## Why is this bad
What a container writes there outlives it and is read by others, by the node itself too.

## Example
```yaml
volumeMounts: [{name: logs, mountPath: /var/log}]
```

## Use instead
```yaml
volumeMounts: [{name: logs, mountPath: /var/log, readOnly: true}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.host_paths import mounts


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Set readOnly to true on the mount.",
    optional=True,
    known_as=("kube-linter:writable-host-mount",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each writable mount."""
    for container, mount, path in mounts(pod):
        if mount["readOnly"].value is not True:
            message = f"the container {container.name!r} may write to {path} of the node"
            yield Fault(message, pod.manifest, mount)
