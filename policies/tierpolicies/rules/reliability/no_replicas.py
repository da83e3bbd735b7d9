"""A workload has no pod.

## What it does
Reports Deployments and StatefulSets with `replicas: 0` that nothing raises: KEDA's ScaledObject does,
Argo's Rollout takes the pods over, a HorizontalPodAutoscaler leaves 0 as it is.

## Why is this bad
Whoever needs it gets no answer, and in the manifests it looks as if it ran.

## Example
```yaml
replicas: 0
```

## Use instead
A number of replicas, or no workload at all.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.exposure import services

_RAISERS = (("ScaledObject", "scaleTargetRef"), ("Rollout", "workloadRef"))


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Set replicas, or remove what is not to run.",
    rests_on=tuple(kind for kind, _ in _RAISERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload without pods."""
    senders = services(context.index)
    raised = {
        (each.namespace, each.view["spec"][target]["name"].text)
        for kind, target in _RAISERS
        for each in context.index.of_kind(kind)
    }
    for workload in context.index.workloads:
        manifest = workload.manifest
        replicas = manifest.view["spec"]["replicas"]
        if manifest.kind not in ("Deployment", "StatefulSet") or replicas.integer != 0:
            continue
        if (manifest.namespace, manifest.name) not in raised:
            sending = senders.get(id(manifest))
            told = f": the Service {sending[0].name} sends to nobody" if sending else ""
            yield Fault(f"no pod is to run{told}", manifest, replicas)
