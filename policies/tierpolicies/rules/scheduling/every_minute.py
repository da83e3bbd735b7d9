"""A CronJob runs sixty times in one hour.

## What it does
Reports schedules with a `*` for the minute beside a single hour.

## Why is this bad
`* 3 * * *` does not mean three o'clock: it starts the job at every minute from 3:00 to 3:59.

## Example
```yaml
schedule: "* 3 * * *"
```

## Use instead
```yaml
schedule: "0 3 * * *"
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.cron import ScheduleError, parse


@rule(
    each=Manifest,
    kinds=("CronJob",),
    severity=Severity.WARNING,
    remediation="Write the minute, 0 for the full hour.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a minute that was forgotten."""
    at = manifest.view["spec"]["schedule"]
    try:
        schedule = parse(at.text)
    except ScheduleError:
        return  # scheduling/cron-schedule reports it
    if schedule.floods_an_hour:
        yield Fault(f"{at.text!r} starts the job at each of the 60 minutes of an hour", manifest, at)
