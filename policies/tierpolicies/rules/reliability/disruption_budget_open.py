"""A workload whose number of replicas is open has no PodDisruptionBudget.

## What it does
Reports Deployments and StatefulSets without replicas in writing, and without an autoscaler in these files,
whose pods no PodDisruptionBudget matches. The rule is optional: what nobody scales is a single pod.

## Why is this bad
Who leaves the number out usually lets something else set it; then there are several, and a drain may take
them all.

## Example
```yaml
kind: Deployment
spec: {selector: {matchLabels: {app: web}}}
```

## Use instead
A number of replicas, or a PodDisruptionBudget beside the workload.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.exposure import unguarded


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Write the replicas, or add a PodDisruptionBudget.",
    optional=True,
    rests_on=("PodDisruptionBudget",),
    known_as=(
        "kube-score:deployment-has-poddisruptionbudget",
        "kube-score:statefulset-has-poddisruptionbudget",
    ),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload whose number is open."""
    for workload, hint in unguarded(context):
        replicas = workload.manifest.view["spec"]["replicas"]
        if workload.manifest.kind in ("Deployment", "StatefulSet") and not replicas and workload.replicas < 2:
            yield Fault(
                f"replicas are open, and no PodDisruptionBudget is for the pods{hint}",
                workload.manifest,
                replicas,
            )
