"""A role gets into running pods.

## What it does
Reports rules of Roles and ClusterRoles that allow `pods/exec`, `pods/attach`, `pods/portforward`,
`pods/ephemeralcontainers` or `nodes/proxy`, the kubelet's own API.

## Why is this bad
Who runs a command in a pod has its secrets and its identity, and nothing of it stands in git.
`nodes/proxy` runs commands in every pod of a node, past the audit log, even with `get` alone.

## Example
```yaml
rules: [{apiGroups: [""], resources: [pods/exec], verbs: [create]}]
```

## Use instead
```yaml
rules: [{apiGroups: [""], resources: [pods/log], verbs: [get]}]
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import ROLES, grants, reach
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_WAYS = {
    "pods/exec": ("create", "get"),
    "pods/attach": ("create", "get"),
    "pods/portforward": ("create", "get"),
    "pods/ephemeralcontainers": ("update", "patch"),
    "nodes/proxy": ("get", "create", "update", "patch", "delete"),
}


@rule(
    each=Manifest,
    kinds=ROLES,
    severity=Severity.WARNING,
    remediation="Remove the resource; metrics of a node need nodes/metrics only.",
    known_as=(
        "polaris:clusterrolePodExecAttach",
        "polaris:rolePodExecAttach",
        "checkov:CKV2_K8S_2",
    ),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each way into pods."""
    for grant in grants(manifest):
        for resource in grant.resources("", _WAYS):
            if not grant.is_named and grant.allowed(*_WAYS[resource.text]):
                message = f"the role gets into pods by {resource.text} {reach(manifest)}"
                yield Fault(message, manifest, resource)
