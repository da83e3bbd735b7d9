"""Somebody may change nearly everything in every namespace.

## What it does
Reports ClusterRoleBindings to the roles `admin` and `edit` that Kubernetes has for one namespace.

## Why is this bad
Both read the Secrets and run commands in the pods of all namespaces, those of the cluster's own
components too: from there it is a small step to `cluster-admin`.

## Example
```yaml
{kind: ClusterRoleBinding, roleRef: {kind: ClusterRole, name: edit}}
```

## Use instead
```yaml
{kind: RoleBinding, metadata: {namespace: shop}, roleRef: {kind: ClusterRole, name: edit}}
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import GROUP
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_ROLES = ("admin", "edit")


@rule(
    each=Manifest,
    kinds=("ClusterRoleBinding",),
    severity=Severity.WARNING,
    remediation="Bind the role in the namespaces that need it, by RoleBindings.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a binding of such a role in the whole cluster."""
    role = manifest.view["roleRef"]
    if manifest.group == GROUP and role["kind"].text == "ClusterRole" and role["name"].text in _ROLES:
        message = f"the role {role['name'].text} is bound in every namespace"
        yield Fault(message, manifest, role["name"])
