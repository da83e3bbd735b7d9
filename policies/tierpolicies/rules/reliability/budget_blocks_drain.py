"""A PodDisruptionBudget keeps a node from being drained.

## What it does
Reports budgets with minAvailable, with maxUnavailable 0, over fewer than two replicas, and without
`unhealthyPodEvictionPolicy: AlwaysAllow`.

## Why is this bad
With one node a tier minAvailable can never be met elsewhere, so the drain waits for ever; the same
holds for pods that are not ready and may not be evicted.

## Example
```yaml
spec: {minAvailable: 1}
```

## Use instead
```yaml
spec: {maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_LEAST_REPLICAS = 2
_POLICY = "unhealthyPodEvictionPolicy"


@rule(
    severity=Severity.WARNING,
    remediation="Use maxUnavailable 1 with AlwaysAllow, and only for two replicas and more.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each way in which a budget blocks."""
    for budget in context.index.of_kind("PodDisruptionBudget"):
        spec = budget.view["spec"]
        if spec["minAvailable"]:
            message = "minAvailable keeps the last node of these pods from being drained"
            yield Fault(message, budget, spec["minAvailable"])
        if spec["maxUnavailable"].value in (0, "0", "0%"):
            message = "maxUnavailable 0 allows no eviction at all"
            yield Fault(message, budget, spec["maxUnavailable"])
        if spec[_POLICY].text != "AlwaysAllow":
            message = "pods that are not ready block the drain"
            yield Fault(message, budget, spec[_POLICY])
        for workload in context.index.selected(budget.namespace, spec.at("selector", "matchLabels").labels):
            if workload.replicas < _LEAST_REPLICAS and not workload.finishes:
                message = f"{workload.manifest.name} has fewer than two replicas at rest"
                yield Fault(message, budget, spec["selector"])
