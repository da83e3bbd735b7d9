"""A container's CPU request differs from its CPU limit.

## What it does
Compares the CPU request of each container with its limit; a request that is not written is as large as the
limit. The rule is optional.

## Why is this bad
What lies between the two is there only while neighbours do not want it: under load everybody slows down at
once.

## Example
```yaml
resources: {requests: {cpu: 100m}, limits: {cpu: 500m}}
```

## Use instead
```yaml
resources: {requests: {cpu: 500m}, limits: {cpu: 500m}}
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
        "kube-score:container-cpu-requests-equal-limits",
        "kube-score:container-resource-requests-equal-limits",
    ),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container with the two apart."""
    yield from unequal(container, "cpu")
