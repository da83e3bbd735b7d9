"""A probe may take longer than the time to the next one.

## What it does
Reports readiness and liveness probes whose timeoutSeconds are more than their periodSeconds. Startup probes
may well ask often and wait long.

## Why is this bad
The next check waits for the one before: a pod that hangs is noticed later than the figures say.

## Example
```yaml
readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 5, timeoutSeconds: 30}
```

## Use instead
```yaml
readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 5, timeoutSeconds: 3}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.probes import LIVENESS, READINESS, period, timeout


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Wait at most as long as it is to the next check.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each probe that takes too long."""
    for name in (READINESS, LIVENESS):
        probe = container[name]
        if probe and timeout(probe) > period(probe):
            told = f"waits {timeout(probe)} seconds, and the next check is due after {period(probe)}"
            message = f"the {name} of {container.name!r} {told}"
            yield Fault(message, container.manifest, probe["timeoutSeconds"])
