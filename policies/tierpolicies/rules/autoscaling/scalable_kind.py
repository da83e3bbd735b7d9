"""An autoscaler is to scale what has no number of replicas.

## What it does
Reports autoscalers of DaemonSets, Jobs, CronJobs, Pods and other built-in kinds without a `scale`
subresource.

## Why is this bad
The autoscaler says FailedGetScale for ever. A DaemonSet has a pod on each node, a Job as many as it was
given.

## Example
```yaml
scaleTargetRef: {apiVersion: apps/v1, kind: DaemonSet, name: agent}
```

## Use instead
```yaml
scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import scalers

_SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
_BUILT_IN = ("", "apps", "batch", "extensions", "policy", "autoscaling", "networking.k8s.io")


@rule(
    needs=("HorizontalPodAutoscaler", "ScaledObject"),
    severity=Severity.ERROR,
    remediation="Scale a Deployment, a StatefulSet or a kind with a scale subresource of its own.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each target of a kind that cannot be scaled."""
    for scaler in scalers(context.index):
        if scaler.kind and scaler.group in _BUILT_IN and scaler.kind not in _SCALED:
            message = f"a {scaler.kind} has no number of replicas to set"
            yield Fault(message, scaler.manifest, scaler.target["kind"])
