"""Two PodDisruptionBudgets are for the same pods.

## What it does
Reports budgets whose selector matches pods that another budget of the namespace matches, too.

## Why is this bad
The eviction API does not support it: no such pod can be evicted, and the drain of its node fails.

## Example
```yaml
selector: {matchLabels: {app: web}}   # in two budgets
```

## Use instead
```yaml
selector: {matchLabels: {app: web}}   # in one
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(needs=("PodDisruptionBudget",), severity=Severity.ERROR, remediation="Keep one budget for each pod.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each budget over pods that an earlier one is for."""
    guards: dict[int, list[Manifest]] = {}
    for budget in sorted(context.index.of_kind("PodDisruptionBudget"), key=lambda each: each.subject):
        selector = budget.view.at("spec", "selector")
        for workload in context.index.matched(budget.namespace, selector):
            earlier = guards.setdefault(id(workload), [])
            other = next((each for each in earlier if not _same(context, each, budget)), None)
            earlier.append(budget)
            if other is not None:
                target = workload.manifest
                message = f"the pods of {target.kind} {target.name} have the budget {other.name}, too"
                yield Fault(message, budget, selector, detail=target.name)


def _same(context: Context, one: Manifest, other: Manifest) -> bool:
    """Whether two manifests are of one budget, or never applied together."""
    return one.name == other.name or context.overlays.apart(one.file, other.file)
