"""Nothing ends a job that hangs.

## What it does
Reports Jobs and CronJobs without activeDeadlineSeconds, on the job or on its pod. The rule is optional.

## Why is this bad
A job that waits for something that never comes holds its room, and, where a CronJob forbids two runs at
once, there is never a next run.

## Example
```yaml
spec: {backoffLimit: 3, template: {}}
```

## Use instead
```yaml
spec: {backoffLimit: 3, activeDeadlineSeconds: 1800, template: {}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_DEADLINE = "activeDeadlineSeconds"


@rule(
    each=Manifest,
    kinds=("Job", "CronJob"),
    severity=Severity.WARNING,
    remediation="Set activeDeadlineSeconds to more than the job ever takes.",
    optional=True,
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a job that may go on for ever."""
    spec = manifest.view["spec"]
    job = spec["jobTemplate"]["spec"] if manifest.kind == "CronJob" else spec
    if job[_DEADLINE] or job["template"]["spec"][_DEADLINE]:
        return
    blocks = spec["concurrencyPolicy"].text == "Forbid"
    message = f"nothing ends a run that hangs{', and no other may start meanwhile' if blocks else ''}"
    yield Fault(message, manifest, job[_DEADLINE])
