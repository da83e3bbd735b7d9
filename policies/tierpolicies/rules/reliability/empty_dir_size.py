"""A directory of a pod may fill the node's disk.

## What it does
Reports emptyDir volumes on disk without a sizeLimit. The rule is optional.

## Why is this bad
When the disk is full the kubelet evicts pods, and not always the one that has filled it.

## Example
```yaml
volumes: [{name: tmp, emptyDir: {}}]
```

## Use instead
```yaml
volumes: [{name: tmp, emptyDir: {sizeLimit: 64Mi}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(each=Pod, severity=Severity.WARNING, remediation="Set a sizeLimit.", optional=True)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each directory without a limit."""
    for volume in pod.spec["volumes"]:
        directory = volume["emptyDir"]
        if directory and directory["medium"].text != "Memory" and not directory["sizeLimit"]:
            message = f"the volume {volume['name'].text!r} may grow as large as the disk"
            yield Fault(message, pod.manifest, directory["sizeLimit"])
