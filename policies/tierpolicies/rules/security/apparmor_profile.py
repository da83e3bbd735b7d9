"""A pod or a container turns AppArmor off, or names a profile that there is not.

## What it does
Reads the annotations `container.apparmor.security.beta.kubernetes.io/<container>` and, of Kubernetes
1.30 and later, `appArmorProfile`. Pod Security Standards, baseline: AppArmor; only the runtime's own
profile and those of the node (`localhost/…`) are admitted.

## Why is this bad
AppArmor keeps a container from mounting, from the kernel's settings and from other processes; an
unconfined one is kept from nothing.

## Example
```yaml
annotations: {container.apparmor.security.beta.kubernetes.io/web: unconfined}
```

## Use instead
```yaml
annotations: {container.apparmor.security.beta.kubernetes.io/web: runtime/default}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.security_context import BASELINE, named, setters

_PREFIX = "container.apparmor.security.beta.kubernetes.io/"
_TYPES = ("RuntimeDefault", "Localhost")


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Remove the profile, so that the runtime's own one holds.",
    groups=BASELINE,
    known_as=("polaris:linuxHardening",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each profile that is refused, by annotation and by field."""
    for key, annotation in pod.annotations.items():
        profile = annotation.text
        if key.startswith(_PREFIX) and profile and not _is_allowed(profile):
            message = f"the AppArmor profile of the container {key.removeprefix(_PREFIX)!r} is {profile}"
            yield Fault(message, pod.manifest, annotation)
    for owner, settings in setters(pod):
        if isinstance(settings.get("appArmorProfile"), dict):
            field = owner.at("securityContext", "appArmorProfile", "type")
            if field.value not in _TYPES:
                what = f"is {field.value}" if field else "has no type"
                yield Fault(f"the AppArmor profile of {named(pod, owner)} {what}", pod.manifest, field)


def _is_allowed(profile: str) -> bool:
    return profile == "runtime/default" or profile.startswith("localhost/")
