"""A container has no CPU limit.

## What it does
Reports containers without a CPU limit, written or given by a LimitRange. The rule is optional: with a
request everybody gets his share, and a limit only keeps idle CPU from being used.

## Why is this bad
How fast a container is depends on its neighbours, so that a measurement on a quiet node promises too much.

## Example
```yaml
resources: {requests: {cpu: 100m}, limits: {memory: 256Mi}}
```

## Use instead
```yaml
resources: {requests: {cpu: 100m}, limits: {cpu: 500m, memory: 256Mi}}
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
    remediation="Set resources.limits.cpu.",
    optional=True,
    rests_on=("LimitRange",),
    known_as=("kube-score:container-resources", "polaris:cpuLimitsMissing", "checkov:CKV_K8S_11"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each container without a CPU limit."""
    yield from unset(context, LIMITS, "cpu")
