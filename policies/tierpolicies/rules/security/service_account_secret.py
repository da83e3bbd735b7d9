"""A Secret holds a token of a ServiceAccount that never ends.

## What it does
Reports Secrets of the type `kubernetes.io/service-account-token`.

## Why is this bad
The cluster fills in a token without an end: who once read it acts in the account's name until the
Secret is deleted. Pods get short-lived tokens without it.

## Example
```yaml
type: kubernetes.io/service-account-token
```

## Use instead
```yaml
volumes: [{name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Secret",),
    severity=Severity.WARNING,
    remediation="Remove the Secret; project a token into the pod, or ask for one (kubectl create token).",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports such a Secret."""
    kind = manifest.view["type"]
    if kind.text == "kubernetes.io/service-account-token" and not manifest.group:
        name = manifest.view.at("metadata", "annotations")["kubernetes.io/service-account.name"].text
        message = f"the Secret asks for a token of the account {name or '(none)'} that never ends"
        yield Fault(message, manifest, kind)
