"""A pod shares the node's network, processes or inter-process communication.

## What it does
Reports `hostNetwork`, `hostPID` and `hostIPC` that are true. Pod Security Standards, baseline: Host
Namespaces.

## Why is this bad
The pod sees the node's traffic and listens on its addresses, past every NetworkPolicy; it sees and
signals the processes of all other pods, and reads their environment and shared memory.

## Example
```yaml
spec: {hostNetwork: true}
```

## Use instead
```yaml
spec: {hostNetwork: false}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.security_context import BASELINE

_SHARED = {"hostNetwork": "network", "hostPID": "processes", "hostIPC": "inter-process communication"}


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Remove the field; reach the pod by a Service and its metrics by its own port.",
    groups=BASELINE,
    known_as=(
        "kube-linter:host-network",
        "kube-linter:host-pid",
        "kube-linter:host-ipc",
        "polaris:hostNetworkSet",
        "polaris:hostPIDSet",
        "polaris:hostIPCSet",
        "checkov:CKV_K8S_17",
        "checkov:CKV_K8S_18",
        "checkov:CKV_K8S_19",
    ),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each namespace of the node that the pod is in."""
    for field, what in _SHARED.items():
        if pod.spec.mapping.get(field) is True:
            yield Fault(f"the pod shares the node's {what}: {field} is true", pod.manifest, pod.spec[field])
