"""No container mounts a volume of the pod.

## What it does
Reports volumes of a pod, and claim templates of a StatefulSet, that none of its containers mounts.
Where a mount names no volume that alone is told, by schema/volume-mounts.

## Why is this bad
A mount was forgotten or lost: the program finds no file where it looks for one, or writes its data
elsewhere. A volume that nobody needs still holds the pod back until it is there.

## Example
```yaml
containers: [{name: web, image: web}]
volumes: [{name: tmp, emptyDir: {}}]
```

## Use instead
```yaml
containers: [{name: web, image: web, volumeMounts: [{name: tmp, mountPath: /tmp}]}]
volumes: [{name: tmp, emptyDir: {}}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(each=Pod, severity=Severity.WARNING, remediation="Mount the volume where it is needed, or remove it.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each volume without a mount."""
    mounted = {
        mount["name"].text
        for container in pod.containers
        for mount in (*container["volumeMounts"], *container["volumeDevices"])
    }
    names = list(_names(pod))
    if not mounted <= {name.text for name in names}:
        return  # a mount's name is misspelt: that is schema/volume-mounts'
    for name in names:
        if name.text and name.text not in mounted:
            yield Fault(f"no container mounts the volume {name.text!r}", pod.manifest, name)


def _names(pod: Pod) -> Iterator[View]:
    for volume in pod.spec["volumes"]:
        yield volume["name"]
    if pod.manifest.kind == "StatefulSet":
        for claim in pod.manifest.view.at("spec", "volumeClaimTemplates"):
            yield claim.at("metadata", "name")
