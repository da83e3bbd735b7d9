"""Pods at rest cannot all be placed, or the scheduler may miss how.

## What it does
Lets the scheduler place all pods at rest by every filter that it has, in several orders of arrival and with
other dice each time. Where a pod is left over in any of them, it looks for a placement: one that exists is
a warning, since the scheduler may miss it; that none exists is proved, and told with the smallest reason.
Sums of CPU and memory that are too large are told by budget/tier-requests.

## Why is this bad
Pods stay pending, or they do after the next restart of a node.

## Example
```yaml
replicas: 2   # on a tier with one node
topologySpreadConstraints:
  - {maxSkew: 1, minDomains: 2, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, …}
```

## Use instead
`whenUnsatisfiable: ScheduleAnyway`, or a node more.
"""

from collections.abc import Iterator

from tierpolicies.capacity.judged import about, capacity
from tierpolicies.capacity.model.requests import CPU, MEMORY
from tierpolicies.capacity.proof.decision import Answer
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=(PLATFORM,),
    severity=Severity.ERROR,
    remediation="Loosen what keeps the pods apart, or add a node.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each tier whose pods do not all find a node."""
    found, platform = context.once(capacity), context.platform
    if found is None or platform is None:
        return
    for row, subject, source in about(platform, found.of("rest")):
        if row.fits or row.resource in (CPU, MEMORY):
            continue
        severity = Severity.ERROR if row.answer is Answer.IMPOSSIBLE else Severity.WARNING
        message = row.reason or "a placement exists, and the scheduler may miss it"
        if row.answer is Answer.UNDECIDED:
            message = "the scheduler leaves pods over, and neither a placement nor a proof was found"
        if row.nodes_needed is not None and row.nodes_needed > row.nodes:
            message += f"; {row.nodes_needed} nodes would do"
        yield Fault(message, subject=subject, source=source, severity=severity)
