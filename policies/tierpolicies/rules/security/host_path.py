"""A pod mounts a path of the node.

## What it does
Reports volumes of type `hostPath`. Pod Security Standards, baseline: HostPath Volumes.

## Why is this bad
What lies on the node belongs to all its pods: the socket of the container runtime and /etc give the
whole node away, and data written there is lost as soon as the pod runs on another node.

## Example
```yaml
volumes: [{name: docker, hostPath: {path: /var/run/docker.sock}}]
```

## Use instead
```yaml
volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.security_context import BASELINE


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Use a volume of another type: emptyDir, a PersistentVolumeClaim, a ConfigMap or a Secret.",
    groups=BASELINE,
    known_as=("polaris:hostPathSet",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each such volume."""
    for volume in pod.spec["volumes"]:
        if volume.mapping.get("hostPath") is not None:
            path = volume.at("hostPath", "path").text
            message = f"the volume {volume['name'].text!r} is {path or 'a path'} of the node"
            yield Fault(message, pod.manifest, volume["hostPath"])
