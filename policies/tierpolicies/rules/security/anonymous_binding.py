"""Everybody is given a role.

## What it does
Reports bindings to `system:anonymous`, `system:unauthenticated`, `system:authenticated` and all
ServiceAccounts, but for the roles that Kubernetes itself gives to all.

## Why is this bad
Anonymous is who can reach the API server. Authenticated is, on many clouds, whoever has an account
there, and every pod of the cluster.

## Example
```yaml
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated"}]
```

## Use instead
```yaml
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import BINDINGS, GROUP
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.service_accounts import subjects

_ANYBODY = {
    "system:anonymous": "anybody who reaches the API server",
    "system:unauthenticated": "anybody who reaches the API server",
    "system:authenticated": "everybody with any account",
    "system:serviceaccounts": "every pod of the cluster",
}
_PUBLIC = frozenset(
    {
        *("system:basic-user", "system:discovery", "system:public-info-viewer"),
        *("system:service-account-issuer-discovery", "kubeadm:bootstrap-signer-clusterinfo"),
    }
)
"""What Kubernetes and kubeadm let everybody do."""


@rule(
    each=Manifest,
    kinds=BINDINGS,
    severity=Severity.ERROR,
    remediation="Name the accounts or the group that need the role.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each subject that is everybody."""
    role = manifest.view.at("roleRef", "name").text
    if manifest.group != GROUP or role in _PUBLIC:
        return
    for subject in subjects(manifest):
        if subject.kind in ("User", "Group") and subject.name in _ANYBODY:
            message = f"{_ANYBODY[subject.name]} has the role {role}"
            yield Fault(message, manifest, subject.view["name"])
