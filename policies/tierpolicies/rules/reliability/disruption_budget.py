"""Nothing keeps all replicas from being evicted at once.

## What it does
Reports workloads of two and more replicas at rest whose pods no PodDisruptionBudget of their namespace
matches.

## Why is this bad
Whoever drains nodes, to update or to save some, may take every replica at the same moment.

## Example
```yaml
kind: Deployment
spec: {replicas: 3}
```

## Use instead
```yaml
kind: PodDisruptionBudget
spec: {maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchLabels: {app: web}}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.exposure import unguarded


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Add a PodDisruptionBudget with maxUnavailable 1 whose selector matches the pods.",
    rests_on=("PodDisruptionBudget",),
    known_as=(
        "kube-score:deployment-has-poddisruptionbudget",
        "kube-score:statefulset-has-poddisruptionbudget",
        "polaris:missingPodDisruptionBudget",
    ),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload without a budget."""
    for workload, hint in unguarded(context):
        if workload.replicas >= 2:
            message = f"no PodDisruptionBudget is for the {workload.replicas} replicas{hint}"
            yield Fault(message, workload.manifest, "/spec/replicas")
