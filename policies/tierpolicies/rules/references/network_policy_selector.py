"""A NetworkPolicy selects no pod.

## What it does
Looks for a workload of the policy's namespace whose pods match its `podSelector`; an empty one means
all pods, be there some or none. Where a chart or an operator may make the pods nothing is said.

## Why is this bad
The policy has no effect: the pods it was written for are open, or closed to what it was to admit.

## Example
```yaml
spec: {podSelector: {matchLabels: {app: wbe}}}   # the pods have app: web
```

## Use instead
```yaml
spec: {podSelector: {matchLabels: {app: web}}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.dangling import dangling
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Select labels that the pod template of a workload in the policy's namespace has.",
    rests_on=(PODS, *BRINGERS),
    known_as=("kube-linter:dangling-networkpolicy", "kube-score:networkpolicy-targets-pod"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each policy that is for no pod."""
    for policy in context.index.of_kind("NetworkPolicy"):
        selector = policy.view.at("spec", "podSelector")
        if not selector["matchLabels"].mapping and not any(selector["matchExpressions"]):
            continue
        if not context.index.matched(policy.namespace, selector):
            yield from dangling(context, policy, selector)
