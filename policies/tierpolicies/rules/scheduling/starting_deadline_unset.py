"""A CronJob has no deadline for starting a run.

## What it does
Reports CronJobs without startingDeadlineSeconds. The rule is optional.

## Why is this bad
After an outage a run starts however late it is: the report of the night takes the CPU of the morning.

## Example
```yaml
schedule: "0 3 * * *"
```

## Use instead
```yaml
schedule: "0 3 * * *"
startingDeadlineSeconds: 3600
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("CronJob",),
    severity=Severity.WARNING,
    remediation="Set startingDeadlineSeconds to how late a run is still of use.",
    optional=True,
    known_as=("kube-score:cronjob-has-deadline",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a job without a deadline."""
    deadline = manifest.view["spec"]["startingDeadlineSeconds"]
    if not deadline:
        yield Fault("a run may start however late it is", manifest, deadline)
