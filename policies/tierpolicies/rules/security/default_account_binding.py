"""A namespace's default ServiceAccount is given a role.

## What it does
Reports bindings whose subject is a ServiceAccount `default`, or all accounts of a namespace.

## Why is this bad
Every pod of the namespace that names no account has the role, whether it needs it or not, and each that
is still to come.

## Example
```yaml
subjects: [{kind: ServiceAccount, name: default, namespace: shop}]
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
from tierpolicies.workloads.service_accounts import DEFAULT, subjects

_ALL_OF = "system:serviceaccounts:"


@rule(
    each=Manifest,
    kinds=BINDINGS,
    severity=Severity.WARNING,
    remediation="Make a ServiceAccount for the pods that need the role, and bind that.",
    known_as=("checkov:CKV_K8S_42",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each such subject."""
    if manifest.group != GROUP:
        return
    for subject in subjects(manifest):
        if subject.account is not None and subject.account[1] == DEFAULT:
            whom = f"the default account of {subject.account[0]}"
        elif subject.kind == "Group" and subject.name.startswith(_ALL_OF):
            whom = f"every account of {subject.name.removeprefix(_ALL_OF)}"
        else:
            continue
        role = manifest.view.at("roleRef", "name").text
        yield Fault(f"{whom} has the role {role}", manifest, subject.view["name"])
