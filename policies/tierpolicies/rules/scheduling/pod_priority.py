"""A pod writes a priority that is not that of its PriorityClass.

## What it does
Compares the priority and the preemptionPolicy that a pod's spec writes with those of its PriorityClass,
where the tree has it; without a class the priority is that of the cluster's default class, or 0.

## Why is this bad
Admission computes both from the class and refuses a pod that says otherwise.

## Example
```yaml
priorityClassName: high   # value: 1000
priority: 2000
```

## Use instead
```yaml
priorityClassName: high
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_PREEMPTS = "PreemptLowerPriority"


@rule(
    needs=("Pod",),
    severity=Severity.ERROR,
    remediation="Leave both out; they come from the PriorityClass.",
    rests_on=("PriorityClass",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each value that differs."""
    classes = list(context.index.of_kind("PriorityClass"))
    default = next((each for each in classes if each.view["globalDefault"].value is True), None)
    for workload in context.index.workloads:
        spec = workload.pod
        priority, preemption = spec["priority"], spec["preemptionPolicy"]
        if priority.integer is None and not preemption.text:
            continue
        name = spec["priorityClassName"].text
        own = context.index.find("PriorityClass", name) if name else default
        if name and own is None:
            continue  # it may be anything; references/priority-class says where it is missing
        value, policy = _of(own)
        whose = (
            f"the PriorityClass {own.name} has" if own is not None else "a pod without a PriorityClass has"
        )
        if priority.integer not in (None, value):
            yield Fault(
                f"the priority is {priority.integer}, and {whose} {value}", workload.manifest, priority
            )
        if preemption.text and preemption.text != policy:
            message = f"the preemptionPolicy is {preemption.text}, and {whose} {policy}"
            yield Fault(message, workload.manifest, preemption)


def _of(own: Manifest | None) -> tuple[int, str]:
    """The priority and the preemptionPolicy that a pod gets."""
    if own is None:
        return 0, _PREEMPTS
    return own.view["value"].integer or 0, own.view["preemptionPolicy"].text or _PREEMPTS
