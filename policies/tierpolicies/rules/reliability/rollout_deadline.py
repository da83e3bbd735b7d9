"""An update is given up before its pods can be ready.

## What it does
Holds the progressDeadlineSeconds of Deployments (600 where none is written) against what a pod may take
until it counts as available: its startup probe at its most patient, or the delay of its readiness probe,
and minReadySeconds. A deadline that is not more than minReadySeconds is refused, and an error.

## Why is this bad
The update is told as failed while the pods are still starting, and whoever waits for it rolls back.

## Example
```yaml
progressDeadlineSeconds: 60
template:
  spec:
    containers: [{name: web, startupProbe: {periodSeconds: 10, failureThreshold: 30, …}}]
```

## Use instead
```yaml
progressDeadlineSeconds: 600
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container, Pod
from tierpolicies.workloads.probes import READINESS, STARTUP, delay, patience

_DEFAULT = 600


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Set progressDeadlineSeconds to more than the slowest start takes.",
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports a deadline that comes too early."""
    if pod.manifest.kind != "Deployment":
        return
    spec = pod.manifest.view["spec"]
    deadline, least = spec["progressDeadlineSeconds"], spec["minReadySeconds"].integer or 0
    seconds = _DEFAULT if deadline.integer is None else deadline.integer
    if seconds <= least:
        message = f"the deadline of {seconds} seconds is not more than minReadySeconds, {least}"
        yield Fault(message, pod.manifest, deadline, severity=Severity.ERROR)
        return
    slowest = max((_start(each) for each in pod.running), default=0)
    if slowest + least > seconds:
        message = (
            f"a pod may take {slowest + least} seconds to be available, and the update is given up after"
        )
        yield Fault(f"{message} {seconds}", pod.manifest, deadline)


def _start(container: Container) -> int:
    """Seconds that a container may take until it is ready without any check having failed for good."""
    startup, readiness = container[STARTUP], container[READINESS]
    return max(delay(startup) + patience(startup) if startup else 0, delay(readiness) if readiness else 0)
