"""A container requests no memory.

## What it does
Reports containers without a memory request, init containers among them. What Kubernetes fills in, from the
container's own memory limit or from a LimitRange of the namespace, will do. Where the tiers are known it
will not: what has room on them is proved by what is written.

## Why is this bad
The scheduler puts the pod on a node without room for it, and when memory runs short there it is among the
first to be killed.

## Example
```yaml
resources: {requests: {cpu: 100m}}
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
from tierpolicies.workloads.container_resources import REQUESTS, unset


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Set resources.requests.memory to what the container needs in ordinary times.",
    rests_on=("LimitRange",),
    known_as=("kube-score:container-resources", "polaris:memoryRequestsMissing", "checkov:CKV_K8S_12"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each container that requests no memory."""
    yield from unset(context, REQUESTS, "memory")
