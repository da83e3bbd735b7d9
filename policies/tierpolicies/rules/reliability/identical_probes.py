"""The liveness probe is the readiness probe again.

## What it does
Reports containers whose liveness and readiness probe look at the same, unless the liveness probe waits
longer before it gives up: then the pod is first taken out of its Services, and restarted only if that does
not help.

## Why is this bad
What makes a pod not ready for a moment, such as a database that is slow to answer, restarts it at once, and
all others with it.

## Example
```yaml
readinessProbe: {httpGet: {path: /ready, port: http}}
livenessProbe: {httpGet: {path: /ready, port: http}}
```

## Use instead
```yaml
readinessProbe: {httpGet: {path: /ready, port: http}}
livenessProbe: {httpGet: {path: /live, port: http}, failureThreshold: 6}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.probes import LIVENESS, READINESS, checks, patience


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Let the liveness probe ask for less than readiness, or wait longer.",
    known_as=("kube-score:pod-probes-identical",),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports two probes that are one."""
    liveness, readiness = container[LIVENESS], container[READINESS]
    if not liveness or not readiness or container.pod.finishes:
        return
    if patience(liveness) > patience(readiness):
        return
    same = checks(container, liveness)
    if same and same == checks(container, readiness):
        message = f"the container {container.name!r} is restarted by the very check that makes it not ready"
        yield Fault(message, container.manifest, liveness)
