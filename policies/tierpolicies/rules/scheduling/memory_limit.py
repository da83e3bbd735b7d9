"""A container has no memory limit.

## What it does
Reports containers without a memory limit, init containers among them. One that a LimitRange of the
namespace gives will do, except where the tiers are known: there every limit is written.

## Why is this bad
A leak takes the memory of the whole node, and the kernel kills whoever is in the way.

## Example
```yaml
resources: {requests: {cpu: 100m, memory: 256Mi}}
```

## Use instead
```yaml
resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 256Mi}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.container_resources import LIMITS, unset


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Set resources.limits.memory to the most that the container may ever take.",
    rests_on=("LimitRange",),
    known_as=(
        "kube-linter:unset-memory-requirements",
        "kube-score:container-resources",
        "polaris:memoryLimitsMissing",
        "checkov:CKV_K8S_13",
    ),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each container without a memory limit."""
    yield from unset(context, LIMITS, "memory")
