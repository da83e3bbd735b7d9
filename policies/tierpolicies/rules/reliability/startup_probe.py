"""A container that starts slowly is held back by a delay.

## What it does
Reports liveness probes that wait the parameter `seconds` and more before the first check, in containers
without a startup probe. The rule is optional.

## Why is this bad
The delay is for the slowest start, and everybody waits for it; one that is slower still is killed while it
starts, for ever.

## Example
```yaml
livenessProbe: {httpGet: {path: /live, port: http}, initialDelaySeconds: 120}
```

## Use instead
```yaml
startupProbe: {httpGet: {path: /live, port: http}, periodSeconds: 5, failureThreshold: 60}
livenessProbe: {httpGet: {path: /live, port: http}}
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.probes import LIVENESS, STARTUP, delay


@dataclass(frozen=True)
class Parameters:
    """The delay, in seconds, from which on a startup probe is asked for."""

    seconds: int = 60


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Use a startupProbe: it ends as soon as the container is up.",
    optional=True,
    parameters=Parameters(),
)
def check(container: Container, parameters: Parameters) -> Iterator[Fault]:
    """Reports a delay that stands for a startup probe."""
    liveness = container[LIVENESS]
    if liveness and not container[STARTUP] and delay(liveness) >= parameters.seconds:
        message = (
            f"the first check of {container.name!r} comes after {delay(liveness)} seconds, however it starts"
        )
        yield Fault(message, container.manifest, liveness["initialDelaySeconds"])
