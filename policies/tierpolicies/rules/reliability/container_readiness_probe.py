"""A container has no readiness probe.

## What it does
Reports every container that runs as long as its pod and has no readiness probe, asked for something or not.
Jobs need none. The rule is optional.

## Why is this bad
A pod counts as ready while a container of it is not: a sidecar that others depend on may still be starting.

## Example
```yaml
containers: [{name: worker}]
```

## Use instead
```yaml
containers: [{name: worker, readinessProbe: {exec: {command: [check, ready]}}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.probes import READINESS


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Give the container a readinessProbe.",
    optional=True,
    known_as=("kube-linter:no-readiness-probe", "checkov:CKV_K8S_9"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container without one."""
    if container.runs and not container.pod.finishes and not container[READINESS]:
        message = f"the container {container.name!r} has no readiness probe"
        yield Fault(message, container.manifest, container[READINESS])
