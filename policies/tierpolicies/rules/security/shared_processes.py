"""The containers of a pod see each other's processes.

## What it does
Reports `shareProcessNamespace: true`.

## Why is this bad
Each container reads the environment and, by /proc, the files of all others, and may signal them: the
secrets of one are those of the weakest.

## Example
```yaml
spec: {shareProcessNamespace: true}
```

## Use instead
```yaml
spec: {shareProcessNamespace: false}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Remove shareProcessNamespace; look into a running pod with kubectl debug --target.",
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports a pod with one set of processes."""
    if pod.spec.mapping.get("shareProcessNamespace") is True:
        message = "the containers of the pod see each other's processes and files"
        yield Fault(message, pod.manifest, pod.spec["shareProcessNamespace"])
