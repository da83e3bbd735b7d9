"""A directory in memory may take all memory there is.

## What it does
Reports emptyDir volumes with the medium Memory and no sizeLimit.

## Why is this bad
What is written there counts as memory of whoever writes it: it is killed at its limit, or, without one, the
node runs out of memory.

## Example
```yaml
volumes: [{name: cache, emptyDir: {medium: Memory}}]
```

## Use instead
```yaml
volumes: [{name: cache, emptyDir: {medium: Memory, sizeLimit: 64Mi}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(each=Pod, severity=Severity.WARNING, remediation="Set a sizeLimit below the containers' memory limits.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each directory in memory without a limit."""
    for volume in pod.spec["volumes"]:
        directory = volume["emptyDir"]
        if directory["medium"].text == "Memory" and not directory["sizeLimit"]:
            message = f"the volume {volume['name'].text!r} in memory has no sizeLimit"
            yield Fault(message, pod.manifest, directory["sizeLimit"])
