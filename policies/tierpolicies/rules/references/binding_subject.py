"""A binding grants a role to a ServiceAccount that is not there.

## What it does
Looks up the ServiceAccounts that RoleBindings and ClusterRoleBindings name, where their namespace has
ServiceAccounts or workloads in the tree. `default` is always there, and where a chart or an operator
may make the ServiceAccount nothing is said.

## Why is this bad
Whoever needs the rights has none, and whoever makes a ServiceAccount of that name gets them.

## Example
```yaml
subjects: [{kind: ServiceAccount, name: wbe, namespace: shop}]   # beside a ServiceAccount web
```

## Use instead
```yaml
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import BRINGERS, Absence
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    needs=("RoleBinding", "ClusterRoleBinding"),
    severity=Severity.WARNING,
    remediation="Name a ServiceAccount that there is, with its namespace.",
    rests_on=("ServiceAccount", PODS, *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each subject that is missing."""
    for binding in context.index.of_kind("RoleBinding", "ClusterRoleBinding"):
        for subject in binding.view["subjects"]:
            if subject["kind"].text == "ServiceAccount" and subject["name"].text:
                yield from _missing(context, binding, subject)


def _missing(context: Context, binding: Manifest, subject: View) -> Iterator[Fault]:
    name, home = subject["name"], subject["namespace"].text
    if not home:
        return  # the schema's
    if name.text == "default" or context.index.find("ServiceAccount", name.text, home) is not None:
        return
    accounts = list(context.index.of_kind("ServiceAccount"))
    elsewhere = [each.namespace or DEFAULT_NAMESPACE for each in accounts if each.name == name.text]
    homes = [each.namespace for each in accounts]
    homes += [each.manifest.namespace for each in context.index.workloads]
    absence = context.outside.absence(home, "ServiceAccount", homes)
    if absence is Absence.UNKNOWN:
        return
    known = [each.name for each in accounts if (each.namespace or DEFAULT_NAMESPACE) == home]
    hint = f"; it is in {elsewhere[0]}" if elsewhere else nearest(name.text, known)
    message = f"there is no ServiceAccount {name.text!r} in {home}{hint}"
    yield Fault(message, binding, name, severity=absence.severity)
