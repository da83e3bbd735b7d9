"""Somebody is given a role that is the whole cluster.

## What it does
Reports bindings to `cluster-admin`, and to `admin` and `edit` in the whole cluster. For users and groups
of people it is a warning, for a ServiceAccount an error.

## Why is this bad
Whoever gets into one pod of such an account has every node and every secret. `admin` and `edit` read the
Secrets of all namespaces.

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

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.roles import BINDINGS, GROUP
from tierpolicies.service_accounts import subjects

_ADMIN = "cluster-admin"
_EVERYWHERE = ("admin", "edit")


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
    """Reports a binding to such a role, with the first of those that get it."""
    role = manifest.view["roleRef"]
    name, whole = role["name"].text, manifest.kind == "ClusterRoleBinding"
    is_wide = name == _ADMIN or (whole and name in _EVERYWHERE)
    if manifest.group != GROUP or role["kind"].text != "ClusterRole" or not is_wide:
        return
    given = list(subjects(manifest))
    worst = next((each for each in given if each.account is not None), None)
    who = worst or next(iter(given), None)
    whom = f"{who.kind} {who.name}" if who is not None else "nobody yet"
    where = "in the whole cluster" if whole else f"in {manifest.namespace or 'its namespace'}"
    message = f"{whom} is {name} {where}"
    yield Fault(message, manifest, role["name"], severity=None if worst else Severity.WARNING)
