"""A container mounts the socket of the node's container runtime.

## What it does
Reports mounts of `docker.sock`, `containerd.sock`, `crio.sock` and their like. The rule is optional:
`security/host-path` reports every path of the node.

## Why is this bad
Who may write to that socket starts a privileged container, and is root on the node.

## Example
```yaml
volumes: [{name: docker, hostPath: {path: /var/run/docker.sock}}]
```

## Use instead
```yaml
volumes: [{name: work, emptyDir: {}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.host_paths import mounts

_SOCKETS = (
    "docker.sock",
    "dockershim.sock",
    "cri-dockerd.sock",
    "containerd.sock",
    "crio.sock",
    "podman.sock",
)


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Build images without a daemon (BuildKit, Kaniko), and ask the API server for facts.",
    optional=True,
    known_as=("kube-linter:docker-sock", "checkov:CKV_K8S_27"),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each mount of such a socket."""
    for container, mount, path in mounts(pod):
        if path.endswith(_SOCKETS):
            message = f"the container {container.name!r} mounts the runtime's socket, {path}"
            yield Fault(message, pod.manifest, mount)
