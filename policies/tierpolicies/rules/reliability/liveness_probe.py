"""Pods that are asked for something are not restarted when they hang.

## What it does
Reports pods behind a Service, or with ports of their own, none of whose containers has a liveness probe;
of a pod behind a Service those that it sends to count, not an exporter beside them. Jobs need none.

## Why is this bad
A process that runs and answers nothing stays as it is until somebody is woken.

## Example
```yaml
containers: [{name: web, ports: [{containerPort: 8080}]}]
```

## Use instead
```yaml
containers:
  - name: web
    ports: [{name: http, containerPort: 8080}]
    livenessProbe: {httpGet: {path: /live, port: http}, failureThreshold: 6}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.exposure import unprobed
from tierpolicies.workloads.probes import LIVENESS


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Give the container that may hang a livenessProbe.",
    known_as=("polaris:livenessProbeMissing",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod without one."""
    for container, why in unprobed(context.index, LIVENESS):
        message = f"no container has a liveness probe, and {why}"
        yield Fault(message, container.manifest, container[LIVENESS])
