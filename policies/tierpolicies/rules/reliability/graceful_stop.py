"""A pod behind a Service stops while it is still sent requests.

## What it does
Reports pods behind a Service none of whose containers has a preStop hook. The rule is optional: an
application may wait by itself when it is told to stop.

## Why is this bad
A pod that ends is taken out of its Services at the same moment, not before: for a few seconds it is sent
requests that nobody answers.

## Example
```yaml
containers: [{name: web}]
```

## Use instead
```yaml
containers: [{name: web, lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.exposure import services


@rule(
    needs=("Service",),
    severity=Severity.WARNING,
    remediation="Let a preStop hook wait a few seconds.",
    optional=True,
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod that does not wait."""
    senders = services(context.index)
    for workload in context.index.workloads:
        running = list(workload.own.running)
        if not running or workload.finishes or id(workload.manifest) not in senders:
            continue
        if not any(each["lifecycle"]["preStop"] for each in running):
            service = senders[id(workload.manifest)][0].name
            message = f"no container waits before it stops, and the Service {service} still sends to it"
            yield Fault(message, workload.manifest, running[0]["lifecycle"])
