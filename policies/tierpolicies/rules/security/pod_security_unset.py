"""A namespace enforces no level of pod security.

## What it does
Reports namespaces without the label `pod-security.kubernetes.io/enforce`, or with the level privileged.
The rule is optional.

## Why is this bad
Manifests are checked before they are applied; a pod that somebody makes by hand, or an operator makes,
is not, unless the namespace refuses it.

## Example
```yaml
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
```

## Use instead
```yaml
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Namespace",),
    severity=Severity.WARNING,
    remediation="Label the namespace pod-security.kubernetes.io/enforce: restricted.",
    optional=True,
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a namespace that admits every pod."""
    level = manifest.view.at("metadata", "labels")["pod-security.kubernetes.io/enforce"]
    if level.text in ("", "privileged"):
        what = "enforces the level privileged" if level else "enforces no level of pod security"
        yield Fault(f"the namespace {manifest.name} {what}", manifest, level)
