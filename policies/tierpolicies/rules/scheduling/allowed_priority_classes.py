"""A pod has a PriorityClass that is not among those allowed.

## What it does
Reports pods whose priorityClassName is none of the parameter `names`; without one nothing is said. The rule
is optional.

## Why is this bad
Whoever names a high class pushes out the pods of others when room is short.

## Example
```yaml
priorityClassName: most-important-of-all
```

## Use instead
A class that the platform's owners have agreed on, and have put into `names`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import Pod


@dataclass(frozen=True)
class Parameters:
    """The classes that pods may have."""

    names: tuple[str, ...] = ("system-cluster-critical", "system-node-critical")


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Name one of the classes that are allowed.",
    optional=True,
    known_as=("kube-linter:priority-class-name",),
    parameters=Parameters(),
)
def check(pod: Pod, parameters: Parameters) -> Iterator[Fault]:
    """Reports each other class."""
    name = pod.spec["priorityClassName"]
    if name.text.strip() and name.text not in parameters.names:
        hint = nearest(name.text, parameters.names)
        yield Fault(f"the PriorityClass {name.text!r} is not allowed{hint}", pod.manifest, name)
