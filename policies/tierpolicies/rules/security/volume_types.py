"""A pod mounts a volume of a type that it should reach by a claim.

## What it does
Reports volumes that are not a configMap, csi, downwardAPI, emptyDir, ephemeral, image,
persistentVolumeClaim, projected or secret. Pod Security Standards, restricted: Volume Types. Paths of
the node are reported by `security/host-path`.

## Why is this bad
Whoever makes a pod with such a volume reaches any disk or share that the nodes reach. A claim leaves
that choice to the administrator. Most of these types are removed from Kubernetes, or will be.

## Example
```yaml
volumes: [{name: data, nfs: {server: files.example.org, path: /data}}]
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
from tierpolicies.workloads.security_context import RESTRICTED

_ALLOWED = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_BASELINE = "hostPath"


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Mount a PersistentVolumeClaim, or a volume of another admitted type.",
    groups=RESTRICTED,
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each volume of such a type; one of no type at all becomes an emptyDir."""
    for volume in pod.spec["volumes"]:
        types = sorted(key for key, value in volume.mapping.items() if key != "name" and value is not None)
        if types and _BASELINE not in types and not _ALLOWED.intersection(types):
            message = f"the volume {volume['name'].text!r} is of type {types[0]}"
            yield Fault(message, pod.manifest, volume[types[0]])
