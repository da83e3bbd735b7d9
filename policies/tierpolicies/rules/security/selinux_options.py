"""A pod or a container chooses its own SELinux user, role or type.

## What it does
Reports `seLinuxOptions` with a user, a role, or a type other than those of containers. Pod Security
Standards, baseline: SELinux. `container_engine_t` is admitted from Kubernetes 1.31 on.

## Why is this bad
Other types, `spc_t` above all, are not kept from the node's files and processes.

## Example
```yaml
securityContext: {seLinuxOptions: {type: spc_t}}
```

## Use instead
```yaml
securityContext: {seLinuxOptions: {type: container_t}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.security_context import BASELINE, minor, named, setters

_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_TYPES_1_31 = _TYPES | {"container_engine_t"}


@rule(
    severity=Severity.ERROR,
    remediation="Remove the option, or use the type container_t.",
    groups=BASELINE,
    known_as=("polaris:linuxHardening",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each user, role and type that is not a container's."""
    allowed = _TYPES_1_31 if minor(context) >= 31 else _TYPES
    for workload in context.index.workloads:
        for owner, settings in setters(workload.own):
            if settings.get("seLinuxOptions") is None:
                continue
            options = owner.at("securityContext", "seLinuxOptions")
            for key in ("user", "role", "type"):
                chosen = options[key].text
                if chosen and (key != "type" or chosen not in allowed):
                    who = named(workload.own, owner)
                    message = f"{who} has the SELinux {key} {chosen}"
                    yield Fault(message, workload.manifest, options[key])
