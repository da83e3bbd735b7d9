"""Pods that are asked for something do not say when they are ready.

## What it does
Reports pods behind a Service, or with ports of their own, none of whose containers has a readiness probe;
of a pod behind a Service those that it sends to count, not an exporter beside them. Jobs need none.

## Why is this bad
A pod gets requests from its first moment on, before it has opened its port; and an update takes a new
version for good that never comes up, and removes the old one.

## Example
```yaml
containers: [{name: web, ports: [{containerPort: 8080}]}]
```

## Use instead
```yaml
containers:
  - name: web
    ports: [{name: http, containerPort: 8080}]
    readinessProbe: {httpGet: {path: /ready, port: http}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.exposure import unprobed
from tierpolicies.workloads.probes import READINESS


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Give the container that answers a readinessProbe.",
    known_as=("kube-score:pod-probes", "polaris:readinessProbeMissing"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod without one."""
    for container, why in unprobed(context.index, READINESS):
        message = f"no container has a readiness probe, and {why}"
        yield Fault(message, container.manifest, container[READINESS])
