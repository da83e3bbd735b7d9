"""An update does not reach the pods.

## What it does
Reports StatefulSets and DaemonSets with the strategy OnDelete, StatefulSets whose partition is not below
their replicas, and Deployments that are paused.

## Why is this bad
The new version is applied and counts as deployed, and the old one runs on: until somebody deletes the pods,
or a node fails and some of them come back as another version.

## Example
```yaml
updateStrategy: {type: OnDelete}
```

## Use instead
```yaml
updateStrategy: {type: RollingUpdate}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("StatefulSet", "DaemonSet", "Deployment"),
    severity=Severity.WARNING,
    remediation="Let updates roll: RollingUpdate, no partition, not paused.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports what holds updates back."""
    spec = manifest.view["spec"]
    strategy = spec["updateStrategy"]
    if strategy["type"].text == "OnDelete":
        yield Fault("an update waits until somebody deletes the pods", manifest, strategy["type"])
    partition = strategy["rollingUpdate"]["partition"]
    replicas = spec["replicas"].integer
    count = 1 if replicas is None else replicas
    first = spec["ordinals"]["start"].integer or 0
    if partition.integer is not None and partition.integer >= first + count > 0:
        message = f"the partition {partition.integer} keeps an update from all of {count} replicas"
        yield Fault(message, manifest, partition)
    if manifest.kind == "Deployment" and spec["paused"].value is True:
        yield Fault("the Deployment is paused, so no update is carried out", manifest, spec["paused"])
