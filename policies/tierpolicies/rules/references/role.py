"""A binding grants a role that is not there.

## What it does
Looks up the Role of each RoleBinding in its namespace, and the ClusterRole of each binding among those of
the tree, where it has any. The built-in ones, `cluster-admin`, `admin`, `edit`, `view` and `system:…`, are in
every cluster; where a chart or an operator may make the role nothing is said.

## Why is this bad
The binding grants nothing, until somebody makes a role of that name with whatever rights.

## Example
```yaml
roleRef: {kind: Role, name: raeder}   # beside a Role reader
```

## Use instead
```yaml
roleRef: {kind: Role, name: reader}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.misspelling import misspelt
from tierpolicies.engine.outside import BRINGERS, Absence
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest

_BUILT_IN = ("cluster-admin", "admin", "edit", "view")


@rule(
    needs=("RoleBinding", "ClusterRoleBinding"),
    severity=Severity.ERROR,
    remediation="Bind a role that there is, a Role of the binding's own namespace.",
    rests_on=("Role", "ClusterRole", PODS, *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each binding whose role is missing."""
    for binding in context.index.of_kind("RoleBinding", "ClusterRoleBinding"):
        role = binding.view["roleRef"]
        name = role["name"]
        if not name.text:
            continue
        if role["kind"].text == "ClusterRole":
            yield from _cluster_role(context, binding, name)
        elif role["kind"].text == "Role" and binding.kind == "RoleBinding":
            yield from _role(context, binding, name)


def _cluster_role(context: Context, binding: Manifest, name: View) -> Iterator[Fault]:
    known = {each.name for each in context.index.of_kind("ClusterRole")}
    if not known or name.text in known or name.text in _BUILT_IN or name.text.startswith("system:"):
        return
    if context.outside.brings and not misspelt(name.text, known):
        return  # a chart's, most likely
    yield Fault(f"there is no ClusterRole {name.text!r}{nearest(name.text, known)}", binding, name)


def _role(context: Context, binding: Manifest, name: View) -> Iterator[Fault]:
    home = binding.namespace or DEFAULT_NAMESPACE
    if context.index.find("Role", name.text, home) is not None:
        return
    roles = list(context.index.of_kind("Role"))
    homes = [each.namespace for each in roles]
    homes += [each.manifest.namespace for each in context.index.workloads]
    homes += [home for each in roles if each.name == name.text]
    absence = context.outside.absence(home, "Role", homes)
    if absence is not Absence.UNKNOWN:
        known = [each.name for each in roles if (each.namespace or DEFAULT_NAMESPACE) == home]
        message = f"there is no Role {name.text!r} in {home}{nearest(name.text, known)}"
        yield Fault(message, binding, name, severity=absence.severity)
