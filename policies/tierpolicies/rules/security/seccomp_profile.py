"""A pod or a container turns seccomp off, or names a profile that there is not.

## What it does
Reports each `seccompProfile` whose type is neither RuntimeDefault nor Localhost. Pod Security
Standards, baseline: Seccomp.

## Why is this bad
An unconfined process may make every system call, those with known holes too; the runtime's own
profile refuses some three hundred that no application needs.

## Example
```yaml
securityContext: {seccompProfile: {type: Unconfined}}
```

## Use instead
```yaml
securityContext: {seccompProfile: {type: RuntimeDefault}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.security_context import BASELINE, named, setters

_ALLOWED = ("RuntimeDefault", "Localhost")


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Set the type to RuntimeDefault.",
    groups=BASELINE,
    known_as=("polaris:linuxHardening",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each profile that is refused."""
    for owner, settings in setters(pod):
        if isinstance(settings.get("seccompProfile"), dict):
            profile = owner.at("securityContext", "seccompProfile", "type")
            if profile.value not in _ALLOWED:
                what = f"is {profile.value}" if profile else "has no type"
                message = f"the seccomp profile of {named(pod, owner)} {what}"
                yield Fault(message, pod.manifest, profile)
