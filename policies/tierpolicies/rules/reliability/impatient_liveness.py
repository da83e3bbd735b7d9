"""A container is restarted before it is taken out of service.

## What it does
Compares how long liveness and readiness probe fail until something is done (period x failures), and reports
a liveness probe that is done first, or that restarts after a single failure.

## Why is this bad
A pod that is busy for a moment is killed with all it has in hand, where it would have been enough to send
it nothing for a while; under load all are, one after the other.

## Example
```yaml
readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 10, failureThreshold: 3}
livenessProbe: {httpGet: {path: /live, port: http}, periodSeconds: 5, failureThreshold: 2}
```

## Use instead
```yaml
readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 5, failureThreshold: 2}
livenessProbe: {httpGet: {path: /live, port: http}, periodSeconds: 10, failureThreshold: 6}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.probes import LIVENESS, READINESS, checks, failures, patience


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Let the liveness probe fail longer than the readiness probe.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a liveness probe that does not wait."""
    liveness, readiness = container[LIVENESS], container[READINESS]
    if not liveness:
        return
    if failures(liveness) == 1:
        message = f"a single check that fails restarts {container.name!r}"
        yield Fault(message, container.manifest, liveness["failureThreshold"])
        return
    if not readiness or patience(liveness) >= patience(readiness):
        return
    if checks(container, liveness) != checks(container, readiness):  # reliability/identical-probes has those
        told = f"restarted after {patience(liveness)} seconds of failing checks"
        message = f"{container.name!r} is {told}, and not ready only after {patience(readiness)}"
        yield Fault(message, container.manifest, liveness)
