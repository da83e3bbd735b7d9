"""The schedule of a CronJob is none, or never comes.

## What it does
Reads the schedule as Kubernetes does: five fields or a word such as @daily. Reports what cannot be read,
days that no year has, and a time zone inside the schedule.

## Why is this bad
A schedule that cannot be read is refused, and the 30th of February never comes.

## Example
```yaml
schedule: "0 3 30 2 *"
```

## Use instead
```yaml
schedule: "0 3 28 2 *"
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
    severity=Severity.ERROR,
    remediation="Write minute, hour, day, month and weekday; the time zone goes into spec.timeZone.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a schedule that cannot be meant."""
    at = manifest.view["spec"]["schedule"]
    if not at.text:
        return
    try:
        schedule = parse(at.text)
    except ScheduleError as error:
        yield Fault(f"{at.text!r} is no schedule: {error}", manifest, at)
        return
    if schedule.never:
        yield Fault(f"no year has a day of the schedule {at.text!r}", manifest, at)
