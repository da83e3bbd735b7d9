"""A pod sets a kernel parameter that is not safe to set.

## What it does
Compares each of `securityContext.sysctls` with those that are safe: the baseline level of the Pod
Security Standards. Kubernetes 1.29, 1.32 and 1.37 admit more than 1.28.

## Why is this bad
Such a parameter may hold for the whole node and harm every pod on it. A kubelet that is not told to
allow it refuses the pod.

## Example
```yaml
securityContext: {sysctls: [{name: kernel.msgmax, value: "65536"}]}
```

## Use instead
```yaml
securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "80"}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.security_context import BASELINE, minor, settings

_SAFE: dict[str, int] = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
    "net.ipv4.tcp_notsent_lowat": 37,
    "net.ipv4.tcp_slow_start_after_idle": 37,
}
"""Safe parameters, each with the minor version that first admits it."""


@rule(
    severity=Severity.ERROR,
    remediation="Remove the parameter, or set it for the nodes that need it.",
    groups=BASELINE,
    known_as=("kube-linter:unsafe-sysctls",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each parameter that is not safe on the cluster's version."""
    version = minor(context)
    for workload in context.index.workloads:
        if "sysctls" not in settings(workload.pod):
            continue
        for sysctl in workload.pod.at("securityContext", "sysctls"):
            name = sysctl["name"]
            since = _SAFE.get(name.text)
            if since is None and name.text:
                yield Fault(f"the parameter {name.text} is not safe to set", workload.manifest, name)
            elif since is not None and since > version:
                message = f"the parameter {name.text} is safe to set from Kubernetes 1.{since} on only"
                yield Fault(message, workload.manifest, name)
