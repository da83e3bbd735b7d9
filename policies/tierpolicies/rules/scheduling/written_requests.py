"""A container leaves its requests to be filled in.

## What it does
Reports containers that do not write a request for CPU and one for memory themselves, whatever a limit or a
LimitRange would give them. The rule is optional.

## Why is this bad
Nobody sees in the manifest what the scheduler counts, and a limit that is raised raises the request with
it.

## Example
```yaml
resources: {limits: {cpu: 500m, memory: 256Mi}}
```

## Use instead
```yaml
resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {cpu: 500m, memory: 256Mi}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.container_resources import REQUESTS, is_some, written


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Write resources.requests.cpu and resources.requests.memory.",
    optional=True,
    known_as=("kube-score:container-resources",),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each request that is not written."""
    if container.field == "ephemeralContainers":
        return
    for resource in ("cpu", "memory"):
        quantity = written(container, REQUESTS, resource)
        if not is_some(quantity):
            message = f"the container {container.name!r} writes no {resource} request"
            yield Fault(message, container.manifest, quantity)
