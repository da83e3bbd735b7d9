"""A role may hand out rights that it does not have.

## What it does
Reports rules that allow `escalate` or `bind` on roles, `impersonate` on users, groups and
ServiceAccounts, tokens of ServiceAccounts, and the approval of certificates.

## Why is this bad
Each of these is the whole cluster by one more step: to bind oneself to cluster-admin, to act as
somebody who is, to be issued a certificate that says so.

## Example
```yaml
rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}]
```

## Use instead
```yaml
rules:
  - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view], verbs: [bind]}
```
"""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.access.roles import GROUP, ROLES, grants
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


class _Way(NamedTuple):
    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    what: str


_WAYS = (
    _Way(GROUP, ("roles", "clusterroles"), ("bind", "escalate"), "hands out rights that it does not have"),
    _Way("", ("users", "groups", "serviceaccounts"), ("impersonate",), "acts as somebody else"),
    _Way("", ("serviceaccounts/token",), ("create",), "makes tokens of ServiceAccounts"),
    _Way(
        "certificates.k8s.io",
        ("certificatesigningrequests/approval", "signers"),
        ("update", "patch", "approve", "sign"),
        "approves certificates, of anybody",
    ),
)


@rule(
    each=Manifest,
    kinds=ROLES,
    severity=Severity.WARNING,
    remediation="Remove the verb, or name in resourceNames what it is for.",
    known_as=(
        "checkov:CKV_K8S_156",
        "checkov:CKV_K8S_157",
        "checkov:CKV_K8S_158",
        "checkov:CKV2_K8S_1",
        "checkov:CKV2_K8S_3",
    ),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each way to more rights."""
    for grant in grants(manifest):
        if grant.is_named:
            continue
        for way in _WAYS:
            verbs = grant.allowed(*way.verbs)
            for resource in grant.resources(way.group, way.resources) if verbs else ():
                message = f"the role {way.what}: {', '.join(verbs)} of {resource.text}"
                yield Fault(message, manifest, resource)
