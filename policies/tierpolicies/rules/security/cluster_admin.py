"""Somebody is given the role that is the whole cluster.

## What it does
Reports bindings to `cluster-admin`. For users and groups of people it is a warning, for a
ServiceAccount an error.

## Why is this bad
Whoever gets into one pod of such an account has every node, every secret and the cluster itself.

## Example
```yaml
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
```

## Use instead
```yaml
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: shop-controller}
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import BINDINGS, GROUP
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.service_accounts import subjects


@rule(
    each=Manifest,
    kinds=BINDINGS,
    severity=Severity.ERROR,
    remediation="Bind a role of its own, with what is needed, in the namespace where it is.",
    known_as=(
        "kube-linter:cluster-admin-role-binding",
        "polaris:clusterrolebindingClusterAdmin",
        "polaris:rolebindingClusterAdminClusterRole",
    ),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a binding to that role, with one of those that get it."""
    role = manifest.view["roleRef"]
    is_admin = role["kind"].text == "ClusterRole" and role["name"].text == "cluster-admin"
    if manifest.group != GROUP or not is_admin:
        return
    given = list(subjects(manifest))
    account = next((each for each in given if each.account is not None), None)
    who = account or next(iter(given), None)
    whom = f"the {who.kind} {who.name}" if who is not None else "nobody yet"
    is_wide = manifest.kind == "ClusterRoleBinding"
    where = "the whole cluster" if is_wide else f"the namespace {manifest.namespace or 'default'}"
    message = f"{whom} has the role cluster-admin in {where}"
    yield Fault(message, manifest, role["name"], severity=None if account else Severity.WARNING)
