"""A container runs without a seccomp profile.

## What it does
Reports containers for which neither they nor their pod set a `seccompProfile`. Pod Security
Standards, restricted: Seccomp. Profiles that are refused are reported by
`security/seccomp-profile`. Pods for Windows need none.

## Why is this bad
Without a profile, unless the kubelet is told otherwise, every system call is allowed, so that a hole
in the kernel is open to whoever gets into the container.

## Example
```yaml
securityContext: {runAsNonRoot: true}
```

## Use instead
```yaml
securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.security_context import RESTRICTED, chosen


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Set seccompProfile to the type RuntimeDefault in the pod's securityContext.",
    groups=RESTRICTED,
    known_as=("kube-score:container-seccomp-profile", "polaris:linuxHardening", "checkov:CKV_K8S_31"),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each container without a profile."""
    if pod.is_windows:
        return
    for container in pod.containers:
        if chosen(pod, container.view, "seccompProfile")[0] is None:
            message = f"neither the pod nor the container {container.name!r} sets a seccomp profile"
            yield Fault(message, pod.manifest, container.view.at("securityContext", "seccompProfile"))
