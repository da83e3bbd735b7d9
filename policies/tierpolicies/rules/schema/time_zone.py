"""A CronJob names a time zone that there is not.

## What it does
Looks up `spec.timeZone` in the IANA database of the machine that checks, by exact spelling.

## Why is this bad
The API server refuses the CronJob.

## Example
```yaml
spec: {schedule: "0 2 * * *", timeZone: Asia/Seul}
```

## Use instead
```yaml
spec: {schedule: "0 2 * * *", timeZone: Asia/Seoul}
```
"""

from collections.abc import Iterator
from functools import cache

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    each=Manifest,
    kinds=("CronJob",),
    severity=Severity.ERROR,
    remediation="Write the name of a time zone, such as Europe/Berlin or Etc/UTC.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a zone that the database does not have; without a database none."""
    zone = manifest.view["spec"]["timeZone"]
    if not zone.text:
        return
    known = _zones()
    if known and zone.text not in known:
        told = f"no time zone is called {zone.text!r}{nearest(zone.text, known)}"
        yield Fault(told, manifest, zone)


@cache
def _zones() -> frozenset[str]:
    """The zones of this machine's database: listing its thousand files takes 5 ms."""
    from zoneinfo import available_timezones  # noqa: PLC0415 (few CronJobs name a zone)

    return frozenset(available_timezones())
