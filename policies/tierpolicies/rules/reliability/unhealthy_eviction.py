"""Pods that are not ready may keep a node from being drained.

## What it does
Reports PodDisruptionBudgets without an unhealthyPodEvictionPolicy in writing. The rule is optional; where
the tiers are known, reliability/budget-blocks-drain says it.

## Why is this bad
When a pod hangs before it is ready, the budget counts it as missing and lets no other go, not even that
one: the drain waits for somebody to delete it.

## Example
```yaml
spec: {maxUnavailable: 1}
```

## Use instead
```yaml
spec: {maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_POLICY = "unhealthyPodEvictionPolicy"


@rule(
    each=Manifest,
    kinds=("PodDisruptionBudget",),
    severity=Severity.WARNING,
    remediation="Set unhealthyPodEvictionPolicy: AlwaysAllow.",
    optional=True,
    known_as=("kube-linter:pdb-unhealthy-pod-eviction-policy",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a budget without the policy."""
    policy = manifest.view["spec"][_POLICY]
    if not policy:
        yield Fault("pods that are not ready may block the drain", manifest, policy)
