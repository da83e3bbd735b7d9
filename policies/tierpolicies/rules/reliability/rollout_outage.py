"""An update takes all replicas away at once.

## What it does
Reports Deployments of two and more replicas, behind a Service or with a PodDisruptionBudget, whose strategy
is Recreate, or whose maxUnavailable is as many as the replicas.

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
from tierpolicies.traffic.exposure import services, unguarded
from tierpolicies.workloads.rollout import rollout, scaled


@rule(
    needs=("Deployment", "DeploymentConfig"),
    severity=Severity.WARNING,
    remediation="Replace the pods one by one: RollingUpdate with a small maxUnavailable.",
    known_as=("kube-score:deployment-strategy",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Deployment that goes as a whole."""
    senders = services(context.index)
    unguarded_ones = {id(each.manifest) for each, _ in unguarded(context)}
    for workload in scaled(context):
        if workload.manifest.kind not in ("Deployment", "DeploymentConfig") or workload.replicas < 2:
            continue
        update, own = rollout(workload), id(workload.manifest)
        if update.unavailable < workload.replicas or (own not in senders and own in unguarded_ones):
            continue
        who = f"behind the Service {senders[own][0].name}" if own in senders else "that a budget guards"
        message = f"an update takes all {workload.replicas} replicas {who} away at once"
        yield Fault(message, workload.manifest, update.unavailable_at)
