"""A pod is tied to one node by name.

## What it does
Reports pods with a nodeName of their own.

## Why is this bad
The scheduler is left out: room, taints and priorities do not count, and when the node is gone the pod stays
pending for it.

## Example
```yaml
spec: {nodeName: worker-1}
```

## Use instead
```yaml
spec: {nodeSelector: {disk: ssd}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Choose nodes by their labels, with a nodeSelector or an affinity.",
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each pod that names its node."""
    name = pod.spec["nodeName"]
    if name.text:
        yield Fault(f"the pod is tied to the node {name.text}", pod.manifest, name)
