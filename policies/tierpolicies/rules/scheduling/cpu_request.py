"""A container requests no CPU.

## What it does
Reports containers without a CPU request, init containers among them. What Kubernetes fills in, from the
container's own CPU limit or from a LimitRange of the namespace, will do. Where the tiers are known it will
not: what has room on them is proved by what is written.

## Why is this bad
The scheduler takes the pod for one that needs nothing, puts it on a full node, and there it gets what is
left.

## Example
```yaml
resources: {limits: {memory: 256Mi}}
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
    remediation="Set resources.requests.cpu to what the container needs in ordinary times.",
    rests_on=("LimitRange",),
    known_as=(
        "kube-linter:unset-cpu-requirements",
        "kube-score:container-resources",
        "polaris:cpuRequestsMissing",
        "checkov:CKV_K8S_10",
    ),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each container that requests no CPU."""
    yield from unset(context, REQUESTS, "cpu")
