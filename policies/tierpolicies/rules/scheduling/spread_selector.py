"""A topology spread constraint does not count the pods that it stands in.

## What it does
Reports constraints without a labelSelector, and those whose selector does not match the pod's own labels.

## Why is this bad
The scheduler spreads the pods by where others are, or, without a selector, not at all: it looks as if the
replicas were kept apart.

## Example
```yaml
metadata: {labels: {app: web}}
spec:
  topologySpreadConstraints:
    - {maxSkew: 1, topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: shop}}, …}
```

## Use instead
```yaml
labelSelector: {matchLabels: {app: web}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.spread import constraints, unselected


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Give the constraint a selector that matches the pod's own labels.",
    known_as=("kube-score:pod-topology-spread-constraints",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each constraint that counts others."""
    for constraint in constraints(pod):
        reason = unselected(constraint["labelSelector"], pod)
        if reason is not None:
            yield Fault(f"the constraint does not count its own pods: {reason[0]}", pod.manifest, reason[1])
