"""A container says nothing of the node's disk that it takes.

## What it does
Reports containers that do not write both a request and a limit for ephemeral storage: what they put into
their own root, logs and emptyDirs. The rule is optional.

## Why is this bad
One container that logs too much fills the disk of its node, and the kubelet evicts others for it.

## Example
```yaml
resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 128Mi}}
```

## Use instead
```yaml
resources:
  requests: {cpu: 100m, memory: 128Mi, ephemeral-storage: 256Mi}
  limits: {memory: 128Mi, ephemeral-storage: 256Mi}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.container_resources import LIMITS, REQUESTS, is_some, written


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Set ephemeral-storage among the requests and the limits.",
    optional=True,
    known_as=("kube-score:container-ephemeral-storage-request-and-limit",),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports what is not written."""
    if container.field == "ephemeralContainers":
        return
    for section in (LIMITS, REQUESTS):
        quantity = written(container, section, "ephemeral-storage")
        if not is_some(quantity):
            message = f"the container {container.name!r} has no {section[:-1]} of ephemeral storage"
            yield Fault(message, container.manifest, quantity)
