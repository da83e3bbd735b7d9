"""A PodDisruptionBudget selects no pod.

## What it does
Looks for a workload of the budget's namespace whose pods match its selector. An empty selector means
every pod, a missing one none. Where a chart or an operator may make the pods nothing is said.

## Why is this bad
The budget protects nothing: a drain may take all pods at once that it was written for.

## Example
```yaml
kind: PodDisruptionBudget
spec: {maxUnavailable: 1, selector: {matchLabels: {app: wbe}}}   # the pods have app: web
```

## Use instead
```yaml
kind: PodDisruptionBudget
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.dangling import dangling
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule


@rule(
    needs=("PodDisruptionBudget",),
    severity=Severity.WARNING,
    remediation="Select labels that the pod template of a workload in the budget's namespace has.",
    rests_on=(PODS, *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each budget that matches no pod."""
    for budget in context.index.of_kind("PodDisruptionBudget"):
        selector = budget.view.at("spec", "selector")
        if not selector:
            yield Fault("without a selector the budget is for no pod at all", budget, selector)
        elif not context.index.matched(budget.namespace, selector):
            yield from dangling(context, budget, selector)
