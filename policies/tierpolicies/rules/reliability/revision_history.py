"""An update cannot be undone.

## What it does
Reports Deployments, StatefulSets and DaemonSets with revisionHistoryLimit 0. The rule is optional: whoever
deploys from git goes back there.

## Why is this bad
No former version is kept, so `kubectl rollout undo` has nothing to go back to.

## Example
```yaml
revisionHistoryLimit: 0
```

## Use instead
```yaml
revisionHistoryLimit: 3
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Deployment", "StatefulSet", "DaemonSet"),
    severity=Severity.WARNING,
    remediation="Keep a few revisions.",
    optional=True,
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a workload without history."""
    limit = manifest.view["spec"]["revisionHistoryLimit"]
    if limit.integer == 0:
        yield Fault("no former version is kept to go back to", manifest, limit)
