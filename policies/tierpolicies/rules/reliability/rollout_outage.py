"""An update takes all replicas away at once.

## What it does
Reports Deployments of two and more replicas behind a Service whose strategy is Recreate, or whose
maxUnavailable is as many as the replicas.

## Why is this bad
While an update runs nobody answers, although the replicas are there so that somebody does.

## Example
```yaml
replicas: 3
strategy: {type: Recreate}
```

## Use instead
```yaml
replicas: 3
strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.exposure import services
from tierpolicies.rollout import rollout


@rule(
    severity=Severity.WARNING,
    remediation="Replace the pods one by one: RollingUpdate with a small maxUnavailable.",
    known_as=("kube-score:deployment-strategy",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Deployment that goes as a whole."""
    senders = services(context.index)
    for workload in context.index.workloads:
        if workload.manifest.kind not in ("Deployment", "DeploymentConfig") or workload.replicas < 2:
            continue
        update = rollout(workload)
        sending = senders.get(id(workload.manifest))
        if sending and update.unavailable >= workload.replicas:
            told = f"an update takes all {workload.replicas} replicas behind the Service {sending[0].name}"
            yield Fault(f"{told} away at once", workload.manifest, update.unavailable_at)
