"""A pod or a container chooses to run as user 0.

## What it does
Reports `runAsUser: 0`, of the pod and of each container. Pod Security Standards, restricted: Running
as Non-root user; from Kubernetes 1.35 on they except pods with users of their own (`hostUsers:
false`).

## Why is this bad
It is root. Together with `runAsNonRoot: true` the container never starts at all.

## Example
```yaml
securityContext: {runAsUser: 0}
```

## Use instead
```yaml
securityContext: {runAsNonRoot: true, runAsUser: 10001}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.security_context import RESTRICTED, has_own_users, minor, named, setters


@rule(
    severity=Severity.WARNING,
    remediation="Set runAsUser to a number above 10000 that the image can run as.",
    groups=RESTRICTED,
    known_as=("kube-linter:run-as-non-root", "polaris:runAsRootAllowed"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each user 0."""
    knows_users = minor(context) >= 35
    for workload in context.index.workloads:
        if knows_users and has_own_users(workload.own):
            continue
        for owner, settings in setters(workload.own):
            user = settings.get("runAsUser")
            if user == 0 and user is not False:
                message = f"{named(workload.own, owner)} runs as user 0, root"
                yield Fault(message, workload.manifest, owner.at("securityContext", "runAsUser"))
