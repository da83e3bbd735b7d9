"""A container's memory request differs from its memory limit.

## What it does
Compares the memory request of each container with its limit; a request that is not written is as large as
the limit. The rule is optional.

## Why is this bad
What lies between the two is promised to nobody: when the node's memory runs short, a container that has
taken it is killed.

## Example
```yaml
resources: {requests: {memory: 128Mi}, limits: {memory: 512Mi}}
```

## Use instead
```yaml
resources: {requests: {memory: 512Mi}, limits: {memory: 512Mi}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.container_resources import unequal


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Make request and limit equal.",
    optional=True,
    known_as=(
        "kube-score:container-memory-requests-equal-limits",
        "kube-score:container-resource-requests-equal-limits",
    ),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container with the two apart."""
    yield from unequal(container, "memory")
