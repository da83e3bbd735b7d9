"""A container that ends is not said to be started again.

## What it does
Reports pods whose restartPolicy is neither Always nor OnFailure in writing, those of jobs among them. The
rule is optional: none written is Always, and a job may well be better off with Never.

## Why is this bad
With Never a container that has failed stays as it is, and somebody else has to make a new pod.

## Example
```yaml
restartPolicy: Never
```

## Use instead
```yaml
restartPolicy: OnFailure
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Set restartPolicy to Always or OnFailure.",
    optional=True,
    known_as=("kube-linter:restart-policy",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each other policy."""
    policy = pod.spec["restartPolicy"]
    if policy.text not in ("Always", "OnFailure"):
        message = f"the restartPolicy is {policy.text}" if policy.text else "no restartPolicy is written"
        yield Fault(message, pod.manifest, policy)
