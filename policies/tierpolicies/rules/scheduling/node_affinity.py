"""A pod does not say which nodes it wants.

## What it does
Reports pods without a node affinity and without a nodeSelector. The rule is optional: in a cluster of equal
nodes there is nothing to choose.

## Why is this bad
Where nodes differ in size, price or disk, the pod lands on any of them.

## Example
```yaml
spec: {containers: [{name: web}]}
```

## Use instead
```yaml
spec: {nodeSelector: {pool: web}, containers: [{name: web}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Choose nodes by a nodeSelector or a node affinity.",
    optional=True,
    known_as=("kube-linter:no-node-affinity",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each pod that goes anywhere."""
    affinity = pod.spec["affinity"]["nodeAffinity"]
    if not affinity.value and not pod.spec["nodeSelector"].value:
        yield Fault("the pod does not say which nodes it wants", pod.manifest, affinity)
