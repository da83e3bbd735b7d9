"""A container has no liveness probe.

## What it does
Reports every container that runs as long as its pod and has no liveness probe, asked for something or not.
Jobs need none. The rule is optional.

## Why is this bad
A container that hangs is not restarted, and one beside it that is probed does not tell.

## Example
```yaml
containers: [{name: worker}]
```

## Use instead
```yaml
containers: [{name: worker, livenessProbe: {exec: {command: [check, alive]}}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.probes import LIVENESS


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Give the container a livenessProbe.",
    optional=True,
    known_as=("kube-linter:no-liveness-probe", "checkov:CKV_K8S_8"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container without one."""
    if container.runs and not container.pod.finishes and not container[LIVENESS]:
        message = f"the container {container.name!r} has no liveness probe"
        yield Fault(message, container.manifest, container[LIVENESS])
