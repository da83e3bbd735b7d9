"""An object gives several, or none, of several things of which there must be one.

## What it does
Counts the handlers of probes and hooks, the sources of volumes and variables, the metrics of an
autoscaler, the peers of a NetworkPolicy, the backends of an Ingress, the bounds of a PodDisruptionBudget
(one with neither is a warning: it is accepted, and protects nothing), and what a role's rule is about.

## Why is this bad
The API server refuses the object.

## Example
```yaml
spec: {minAvailable: 1, maxUnavailable: 1, selector: {matchLabels: {app: web}}}
```

## Use instead
```yaml
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Give exactly one of them.",
    known_as=("kube-score:poddisruptionbudget-has-policy",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each choice that is not made, or made twice."""
    return context.verdicts.of("one-of")
