"""A database keeps its data in the pod.

## What it does
Knows databases and brokers by the names of their images, and reports those whose pods have no volume that
outlives them: no claim, no template of one, no other storage.

## Why is this bad
The data is gone with the pod: at the next update, drain or crash of the node.

## Example
```yaml
kind: StatefulSet
spec:
  template:
    spec:
      containers: [{name: postgres, image: postgres:17.7}]
      volumes: [{name: data, emptyDir: {}}]
```

## Use instead
```yaml
volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.storage.stores import keeps, product

_KINDS = ("Deployment", "StatefulSet", "DeploymentConfig", "ReplicaSet", "ReplicationController")


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Give it a volumeClaimTemplate, or a claim.",
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each database without storage."""
    if pod.manifest.kind not in _KINDS or keeps(pod):
        return
    name = product(pod)
    if name:
        message = f"{name} has no volume that outlives its pod"
        yield Fault(message, pod.manifest, pod.spec["volumes"])
