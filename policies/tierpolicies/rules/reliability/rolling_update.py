"""A workload is not updated pod by pod.

## What it does
Reports Deployments, StatefulSets and DaemonSets with a strategy other than RollingUpdate, however many
replicas they have. The rule is optional: a single pod with a volume of its own is better recreated.

## Why is this bad
With Recreate nobody answers while an update runs; with OnDelete an update waits until somebody deletes
pods.

## Example
```yaml
strategy: {type: Recreate}
```

## Use instead
```yaml
strategy: {type: RollingUpdate}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_ROLLS = ("", "RollingUpdate", "Rolling")


@rule(
    each=Manifest,
    kinds=("Deployment", "StatefulSet", "DaemonSet", "DeploymentConfig"),
    severity=Severity.WARNING,
    remediation="Use the strategy RollingUpdate.",
    optional=True,
    known_as=("kube-linter:no-rolling-update-strategy", "kube-score:deployment-strategy"),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports another strategy."""
    strategies = (manifest.view["spec"][each]["type"] for each in ("strategy", "updateStrategy"))
    for strategy in strategies:
        if strategy.text not in _ROLLS:
            yield Fault(f"the strategy is {strategy.text}, and not RollingUpdate", manifest, strategy)
