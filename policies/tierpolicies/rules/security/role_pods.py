"""A role makes pods.

## What it does
Reports rules of Roles and ClusterRoles that create pods or what makes pods: Deployments, Jobs and the
like. In one namespace it is worth knowing; bound in the cluster it is a warning.

## Why is this bad
Who makes a pod chooses its ServiceAccount and its volumes: it mounts any Secret of the namespace and
acts in the name of any account there, and where nothing forbids a privileged pod it has the node.

## Example
```yaml
{kind: ClusterRole, rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]}
```

## Use instead
```yaml
{kind: Role, rules: [{apiGroups: [""], resources: [pods], verbs: [get, list, watch]}]}
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import ROLES, grants, reach
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_MAKERS = {
    "": ("pods", "replicationcontrollers"),
    "apps": ("deployments", "statefulsets", "daemonsets", "replicasets"),
    "batch": ("jobs", "cronjobs"),
}


@rule(
    each=Manifest,
    kinds=ROLES,
    severity=Severity.WARNING,
    remediation="Leave that to the delivery, or give the role in one namespace that enforces restricted.",
    known_as=("kube-linter:access-to-create-pods",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each resource that the role may create pods by."""
    for grant in grants(manifest):
        if grant.allowed("create"):
            for group, makers in _MAKERS.items():
                for resource in grant.resources(group, makers):
                    message = f"the role creates {resource.text} {reach(manifest)}"
                    severity = Severity.NOTE if manifest.kind == "Role" else None
                    yield Fault(message, manifest, resource, severity=severity)
