"""An update starts a second pod on a volume that one node can have.

## What it does
Reports Deployments of one replica with a claim that may be mounted on one node only (ReadWriteOnce), whose
update adds a pod before the old one goes.

## Why is this bad
The new pod waits for the volume and the old one for the new pod to be ready: the update stands still. On
the same node both run at once on the same data.

## Example
```yaml
replicas: 1
strategy: {type: RollingUpdate}   # on a claim with ReadWriteOnce
```

## Use instead
```yaml
replicas: 1
strategy: {type: Recreate}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import claims
from tierpolicies.workloads.rollout import rollout, scaled


@rule(needs=("PersistentVolumeClaim",), severity=Severity.WARNING, remediation="Use the strategy Recreate.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each such Deployment."""
    for workload in scaled(context):
        if workload.manifest.kind not in ("Deployment", "DeploymentConfig") or workload.max_replicas != 1:
            continue
        update = rollout(workload)
        claim = next((each for each in claims(context.index, workload) if each.is_of_one_node), None)
        if claim is not None and update.surge:
            message = (
                f"an update starts a second pod on the claim {claim.manifest.name}, which one node can have"
            )
            yield Fault(message, workload.manifest, update.surge_at)
