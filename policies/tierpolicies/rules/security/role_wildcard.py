"""A role allows anything of some sort.

## What it does
Reports `*` among the verbs, resources, API groups and non-resource URLs of a Role or ClusterRole.

## Why is this bad
Nobody knows what it comes to: it takes in Secrets, the right to hand on rights, and whatever a later
version or an operator adds.

## Example
```yaml
rules: [{apiGroups: [apps], resources: ["*"], verbs: ["*"]}]
```

## Use instead
```yaml
rules: [{apiGroups: [apps], resources: [deployments], verbs: [get, list, watch]}]
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import ANY, ROLES, grants
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_LISTS = {
    "verbs": "every verb",
    "resources": "every resource",
    "apiGroups": "every API group",
    "nonResourceURLs": "every URL of the API server",
}


@rule(
    each=Manifest,
    kinds=ROLES,
    severity=Severity.WARNING,
    remediation="Name what is needed, one by one.",
    known_as=("kube-linter:wildcard-in-rules", "checkov:CKV_K8S_49"),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each wildcard."""
    for grant in grants(manifest):
        for field, what in _LISTS.items():
            for item in grant.view[field]:
                if item.text == ANY or (field == "nonResourceURLs" and item.text == "/*"):
                    yield Fault(f"the role allows {what}", manifest, item)
