"""A role reads all Secrets.

## What it does
Reports rules of Roles and ClusterRoles that get, list or watch `secrets` without naming which.
Wildcards are reported by `security/role-wildcard`.

## Why is this bad
Whoever has the role has every password, key and certificate of the namespace; bound in the whole
cluster, those of everybody, tokens of administrators among them. To list is to read.

## Example
```yaml
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, list]}]
```

## Use instead
```yaml
rules: [{apiGroups: [""], resources: [secrets], resourceNames: [web-tls], verbs: [get]}]
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import ROLES, grants, reach
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=ROLES,
    severity=Severity.WARNING,
    remediation="Name the Secrets in resourceNames, or mount them instead.",
    known_as=("kube-linter:access-to-secrets", "checkov:CKV2_K8S_5"),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each rule that reads any Secret."""
    for grant in grants(manifest):
        verbs = grant.allowed("get", "list", "watch")
        if verbs and not grant.is_named:
            for resource in grant.resources("", ("secrets",)):
                message = f"the role reads every Secret {reach(manifest)} ({', '.join(verbs)})"
                yield Fault(message, manifest, resource)
