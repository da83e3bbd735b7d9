"""A container mounts a volume that its pod does not declare.

## What it does
Looks up the name of each volume mount and volume device among the pod's volumes and, in a
StatefulSet, its claim templates.

## Why is this bad
The API server refuses the pod; one of a StatefulSet is refused whenever it is to be made.

## Example
```yaml
containers: [{name: web, volumeMounts: [{name: chache, mountPath: /cache}]}]
volumes: [{name: cache, emptyDir: {}}]
```

## Use instead
```yaml
containers: [{name: web, volumeMounts: [{name: cache, mountPath: /cache}]}]
volumes: [{name: cache, emptyDir: {}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import Pod


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Declare the volume in the pod, or correct the mount's name.",
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each mount of no volume."""
    names = {volume["name"].text for volume in pod.spec["volumes"]}
    if pod.manifest.kind == "StatefulSet":
        claims = pod.manifest.view.at("spec", "volumeClaimTemplates")
        names |= {claim.at("metadata", "name").text for claim in claims}
    for container in pod.containers:
        for mount in (*container["volumeMounts"], *container["volumeDevices"]):
            name = mount["name"].text
            if name and name not in names:
                message = f"no volume of the pod is called {name!r}{nearest(name, names)}"
                yield Fault(message, pod.manifest, mount["name"])
