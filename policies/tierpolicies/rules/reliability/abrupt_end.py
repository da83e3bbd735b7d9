"""A pod is killed without notice.

## What it does
Reports pods with terminationGracePeriodSeconds 0.

## Why is this bad
The processes get no signal to finish: requests are cut off, files are left half written, and of a
StatefulSet two pods may run under one name.

## Example
```yaml
terminationGracePeriodSeconds: 0
```

## Use instead
```yaml
terminationGracePeriodSeconds: 30
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(each=Pod, severity=Severity.WARNING, remediation="Give the processes seconds to end.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each pod without grace."""
    grace = pod.spec["terminationGracePeriodSeconds"]
    if grace.integer == 0:
        yield Fault("the pod is killed without notice", pod.manifest, grace)
