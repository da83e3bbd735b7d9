"""A Service stands before a single pod.

## What it does
Reports Deployments behind a Service with fewer than two replicas and no autoscaler. The rule is optional:
not everything is worth a second pod.

## Why is this bad
When the pod or its node goes nobody answers until another is up.

## Example
```yaml
replicas: 1
```

## Use instead
```yaml
replicas: 2
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.exposure import services


@rule(
    needs=("Service",),
    severity=Severity.WARNING,
    remediation="Run two replicas or more.",
    optional=True,
    rests_on=("HorizontalPodAutoscaler",),
    known_as=("kube-score:deployment-replicas", "polaris:deploymentMissingReplicas"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Deployment that is one pod."""
    senders = services(context.index)
    for workload in context.index.workloads:
        manifest = workload.manifest
        if manifest.kind != "Deployment" or workload.scaler is not None or workload.replicas >= 2:
            continue
        sending = senders.get(id(manifest))
        if sending:
            message = f"the Service {sending[0].name} has one pod at most"
            yield Fault(message, manifest, manifest.view["spec"]["replicas"])
