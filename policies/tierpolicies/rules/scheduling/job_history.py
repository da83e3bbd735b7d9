"""A CronJob keeps too few of its runs to see why one failed, or too many.

## What it does
Reports a failedJobsHistoryLimit of 0, and limits above the parameter `most`. The rule is optional.

## Why is this bad
Of a failed run nothing is left to look at; or hundreds of finished pods fill every list.

## Example
```yaml
failedJobsHistoryLimit: 0
```

## Use instead
```yaml
failedJobsHistoryLimit: 3
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@dataclass(frozen=True)
class Parameters:
    """Runs that may be kept."""

    most: int = 10


@rule(
    each=Manifest,
    kinds=("CronJob",),
    severity=Severity.WARNING,
    remediation="Keep a few failed runs, and not more than anybody will look at.",
    optional=True,
    parameters=Parameters(),
)
def check(manifest: Manifest, parameters: Parameters) -> Iterator[Fault]:
    """Reports a history that is no use."""
    spec = manifest.view["spec"]
    failed = spec["failedJobsHistoryLimit"]
    if failed.integer == 0:
        yield Fault("no failed run is kept to look at", manifest, failed)
    for limit in (failed, spec["successfulJobsHistoryLimit"]):
        if limit.integer is not None and limit.integer > parameters.most:
            yield Fault(f"{limit.integer} finished runs are kept", manifest, limit)
