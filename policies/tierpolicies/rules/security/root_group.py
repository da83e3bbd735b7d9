"""A container chooses to run as group 0.

## What it does
Reports `runAsGroup: 0`, of the pod or of a container.

## Why is this bad
The files of a node and of many images are open to the group root: what the user may not, the group may.

## Example
```yaml
securityContext: {runAsUser: 10001, runAsGroup: 0}
```

## Use instead
```yaml
securityContext: {runAsUser: 10001, runAsGroup: 10001}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.security_context import named, setters


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Set runAsGroup to a number above 10000.",
    known_as=("kube-linter:run-as-non-root",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each group 0."""
    for owner, settings in setters(pod):
        group = settings.get("runAsGroup")
        if group == 0 and group is not False:
            at = owner.at("securityContext", "runAsGroup")
            yield Fault(f"{named(pod, owner)} runs as group 0, root's", pod.manifest, at)
