"""A container's request for ephemeral storage differs from its limit.

## What it does
Compares the two where both are written. The rule is optional.

## Why is this bad
What lies between the two is promised to nobody: when the node's disk fills, a pod that has taken it is
evicted.

## Example
```yaml
resources: {requests: {ephemeral-storage: 64Mi}, limits: {ephemeral-storage: 1Gi}}
```

## Use instead
```yaml
resources: {requests: {ephemeral-storage: 1Gi}, limits: {ephemeral-storage: 1Gi}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.container_resources import LIMITS, unequal, written


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Make request and limit equal.",
    optional=True,
    known_as=("kube-score:container-ephemeral-storage-request-equals-limit",),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container with the two apart."""
    if written(container, LIMITS, "ephemeral-storage"):
        yield from unequal(container, "ephemeral-storage")
