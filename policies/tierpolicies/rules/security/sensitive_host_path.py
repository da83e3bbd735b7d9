"""A container mounts a folder of the node's own system.

## What it does
Reports mounts of `/`, `/boot`, `/dev`, `/etc`, `/lib`, `/proc`, `/sys` and `/usr`, and of the folders of
the kubelet and of Kubernetes. The rule is optional: `security/host-path` reports every path of the node.

## Why is this bad
There lie the node's users, keys and programs: who reads them knows the node, who writes them has it.

## Example
```yaml
volumes: [{name: etc, hostPath: {path: /etc}}]
```

## Use instead
```yaml
volumes: [{name: settings, configMap: {name: settings}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.host_paths import mounts

_FOLDERS = frozenset(
    {
        *("/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/root", "/var", "/var/run", "/run"),
        *("/etc/kubernetes", "/etc/kubernetes/pki", "/var/lib/kubelet", "/var/lib/etcd"),
    }
)


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Mount the one file or folder that is needed, read-only, or none.",
    optional=True,
    known_as=("kube-linter:sensitive-host-mounts",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each mount of such a folder."""
    for container, mount, path in mounts(pod):
        if (path.rstrip("/") or "/") in _FOLDERS:
            message = f"the container {container.name!r} mounts {path} of the node"
            yield Fault(message, pod.manifest, mount)
