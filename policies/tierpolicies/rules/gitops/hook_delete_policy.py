"""A hook does not say when it is deleted.

## What it does
Reports Jobs and Pods that are hooks of Argo CD without `argocd.argoproj.io/hook-delete-policy`.

## Why is this bad
Argo CD then deletes the last one before it makes the next: right for most, but whoever reads the manifest
must know it, and one that has failed is looked at more easily when that is said.

## Example
```yaml
annotations: {argocd.argoproj.io/hook: PreSync}
```

## Use instead
```yaml
annotations:
  argocd.argoproj.io/hook: PreSync
  argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import HOOK, HOOK_DELETE_POLICY, annotation
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Job", "Pod"),
    severity=Severity.WARNING,
    optional=True,
    remediation="Set argocd.argoproj.io/hook-delete-policy, for instance to BeforeHookCreation.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a hook without a policy."""
    hook, policy = annotation(manifest, HOOK).text, annotation(manifest, HOOK_DELETE_POLICY)
    if hook and hook != "Skip" and not policy.text and not manifest.view.at("metadata", "generateName"):
        yield Fault(f"the {hook} hook does not say when it is deleted", manifest, policy)
