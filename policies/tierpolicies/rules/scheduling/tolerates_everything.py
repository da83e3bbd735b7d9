"""A pod tolerates every taint.

## What it does
Reports tolerations without a key, which hold for every taint, on pods that do not run on every node. Where
the tiers are known, placement/tier-agreement says it.

## Why is this bad
The pod goes to nodes that are kept free for others, stays on those that are being drained, and is left
where it is when its node has died.

## Example
```yaml
tolerations: [{operator: Exists}]
```

## Use instead
```yaml
tolerations: [{key: dedicated, operator: Equal, value: batch, effect: NoSchedule}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Tolerate the taints that are meant, by their keys.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each such toleration."""
    if context.platform is not None:
        return
    for workload in context.index.workloads:
        if workload.per_node:
            continue
        for toleration in workload.pod["tolerations"]:
            if toleration["operator"].text == "Exists" and not toleration["key"].text:
                effect = toleration["effect"].text
                message = f"the pod tolerates every taint{f' of the effect {effect}' if effect else ''}"
                yield Fault(message, workload.manifest, toleration)
