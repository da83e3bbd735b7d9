"""The deadline for starting a run is shorter than the controller looks.

## What it does
Reports CronJobs with a startingDeadlineSeconds below 10.

## Why is this bad
The controller looks for due jobs every ten seconds: a run may be overdue before it has looked, and is then
left out.

## Example
```yaml
startingDeadlineSeconds: 5
```

## Use instead
```yaml
startingDeadlineSeconds: 300
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_PERIOD = 10
"""Seconds from one look of the controller to the next."""


@rule(
    each=Manifest,
    kinds=("CronJob",),
    severity=Severity.WARNING,
    remediation="Give a run minutes to start.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a deadline that is too short."""
    deadline = manifest.view["spec"]["startingDeadlineSeconds"]
    if deadline.integer is not None and deadline.integer < _PERIOD:
        message = (
            f"a run that is {deadline.integer} seconds late is left out; the controller looks every {_PERIOD}"
        )
        yield Fault(message, manifest, deadline)
