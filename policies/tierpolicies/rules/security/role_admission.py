"""A role changes what the API server admits.

## What it does
Reports rules that create, update, patch or delete webhooks and policies of admission without naming
which.

## Why is this bad
Who changes a webhook reads and rewrites every object that is sent to the cluster, Secrets and pods too,
or puts the cluster's own rules out of force.

## Example
```yaml
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [mutatingwebhookconfigurations]
    verbs: [update]
```

## Use instead
```yaml
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [mutatingwebhookconfigurations]
    resourceNames: [shop-webhook]
    verbs: [update]
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import ROLES, grants
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_RESOURCES = (
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
)
_VERBS = ("create", "update", "patch", "delete", "deletecollection")


@rule(
    each=Manifest,
    kinds=ROLES,
    severity=Severity.WARNING,
    remediation="Name the role's own configuration in resourceNames.",
    known_as=("checkov:CKV_K8S_155",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each kind of admission that the role changes."""
    for grant in grants(manifest):
        verbs = grant.allowed(*_VERBS)
        if verbs and not grant.is_named:
            for resource in grant.resources("admissionregistration.k8s.io", _RESOURCES):
                yield Fault(f"the role changes all {resource.text}", manifest, resource)
