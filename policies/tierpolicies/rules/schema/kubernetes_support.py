"""The cluster's version of Kubernetes gets no more patches.

## What it does
Compares the platform's version with a dated table of support and names the day it ended.

## Why is this bad
Security faults found since then stay open on the cluster.

## Example
```yaml
cluster: {kubernetes: "1.28"}
```

## Use instead
```yaml
cluster: {kubernetes: "1.37"}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=(PLATFORM,), severity=Severity.NOTE, remediation="Plan the upgrade; the objects are checked for it."
)
def check(context: Context) -> Iterator[Fault]:
    """Notes a version out of support."""
    from tierpolicies.data.tables import end_of_support  # noqa: PLC0415 (read only with a platform)

    platform = context.platform
    if platform is None:
        return
    version = context.versions[0]
    end = end_of_support(version)
    if end is not None and end < context.today:
        yield Fault(
            f"Kubernetes {version} is out of support since {end}; "
            f"every object was also checked on each version to {context.versions[-1]}",
            subject=Subject("", "Platform", "", platform.name),
            source=platform.source,
        )
