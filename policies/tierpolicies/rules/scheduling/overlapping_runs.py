"""Runs of a CronJob may pile up.

## What it does
Reports CronJobs that run at least as often as every parameter `minutes`, start the next run while one is
still going (concurrencyPolicy Allow, or none written), and have nothing that ends a run
(activeDeadlineSeconds).

## Why is this bad
A run that hangs does not keep the next from starting: by the morning a hundred of them wait for the same
lock and have taken the room of everybody else.

## Example
```yaml
schedule: "*/5 * * * *"
```

## Use instead
```yaml
schedule: "*/5 * * * *"
concurrencyPolicy: Forbid
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.cron import ScheduleError, parse


@dataclass(frozen=True)
class Parameters:
    """From one run to the next, in minutes: jobs that run less often are left alone."""

    minutes: int = 60


@rule(
    each=Manifest,
    kinds=("CronJob",),
    severity=Severity.WARNING,
    remediation="Set concurrencyPolicy Forbid or Replace, or an activeDeadlineSeconds.",
    parameters=Parameters(),
)
def check(manifest: Manifest, parameters: Parameters) -> Iterator[Fault]:
    """Reports a job whose runs nothing bounds."""
    spec = manifest.view["spec"]
    policy, job = spec["concurrencyPolicy"], spec["jobTemplate"]["spec"]
    is_bounded = job["activeDeadlineSeconds"] or job["template"]["spec"]["activeDeadlineSeconds"]
    if policy.text not in ("", "Allow") or is_bounded or not spec["schedule"].text:
        return
    try:
        schedule = parse(spec["schedule"].text)
    except ScheduleError:
        return  # scheduling/cron-schedule reports it
    if schedule.shortest_minutes <= parameters.minutes:
        often = f"every {schedule.shortest_minutes:g} minutes"
        message = f"a run that hangs does not keep the next from starting, {often}, and nothing ends it"
        yield Fault(message, manifest, policy)
