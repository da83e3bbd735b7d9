"""Data goes when its file does.

## What it does
Reports StatefulSets with claims, PersistentVolumeClaims and Namespaces that hold some, which an
Application with `prune: true` applies, without the sync option `Prune=confirm` or `Prune=false`; and
without `Delete=confirm` or `Delete=false` where deleting the Application deletes its objects.

## Why is this bad
A file that is moved, renamed or not rendered is enough: Argo CD deletes the claim, and with it the
volume, before anybody has looked.

## Example
```yaml
kind: PersistentVolumeClaim
metadata: {name: data}
```

## Use instead
```yaml
kind: PersistentVolumeClaim
metadata:
  name: data
  annotations: {argocd.argoproj.io/sync-options: "Prune=confirm,Delete=confirm"}
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import KEPT, OPTIONS, annotation, words
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import Owners, Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import claim_specs

_FINALIZER = "resources-finalizer.argocd.argoproj.io"


@rule(
    severity=Severity.WARNING,
    remediation='Set the annotation argocd.argoproj.io/sync-options: "Prune=confirm,Delete=confirm".',
    needs=("Application",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each object with data that goes unasked."""
    held = {id(owner): owner for owner, _ in claim_specs(context.index)}
    if not held:
        return
    spaces = {owner.namespace for owner in held.values()} - {""}
    owners = Owners(Sources(context.tree, is_whole=context.platform is not None))
    named = (each for each in context.index.of_kind("Namespace") if each.name in spaces)
    for manifest in (*held.values(), *named):
        for application in owners.of(manifest.file)[:1]:
            missing = _missing(manifest, application)
            if missing:
                told = " and ".join(missing)
                message = f"the {manifest.kind} holds data and has no {told}"
                yield Fault(message, manifest, annotation(manifest, OPTIONS))


def _missing(manifest: Manifest, application: Manifest) -> list[str]:
    """The options that would keep the data."""
    if annotation(manifest, KEPT).text == "keep":
        return []
    policy = application.view.at("spec", "syncPolicy")
    options = {word.text for word in words(annotation(manifest, OPTIONS).text)}
    options |= {each.text for each in policy["syncOptions"]}
    needed = {"Prune": policy.at("automated", "prune").value is True}
    finalizers = application.view.at("metadata", "finalizers")
    needed["Delete"] = needed["Prune"] and any(each.text.startswith(_FINALIZER) for each in finalizers)
    return [
        f"{name}=confirm"
        for name, is_needed in needed.items()
        if is_needed and options.isdisjoint((f"{name}=confirm", f"{name}=false"))
    ]
