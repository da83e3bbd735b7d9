"""An option lets Argo CD delete data in order to apply it.

## What it does
Reports the sync options `Force=true` and `Replace=true` of StatefulSets with claims, of claims, volumes,
Namespaces and CustomResourceDefinitions, and `Force=true` of whole Applications.

## Why is this bad
With Force an object that cannot be changed is deleted and made anew: a claim goes with its volume, a
Namespace or a definition with all that is in it. Replace takes away what others have written into it,
and fails on a claim that is bound.

## Example
```yaml
kind: PersistentVolumeClaim
metadata: {annotations: {argocd.argoproj.io/sync-options: "Force=true,Replace=true"}}
```

## Use instead
```yaml
kind: PersistentVolumeClaim
metadata: {annotations: {argocd.argoproj.io/sync-options: "Prune=confirm,Delete=confirm"}}
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import OPTIONS, annotation, words
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import template
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_DATA = ("StatefulSet", "PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition")
_EFFECTS = {
    "Force=true": "deletes it and makes it anew",
    "Replace=true": "replaces it as a whole",
}


@rule(
    each=Manifest,
    kinds=(*_DATA, "Application", "ApplicationSet"),
    severity=Severity.WARNING,
    remediation="Remove the option; set it on the one object that needs it, never on data.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each option that endangers data."""
    if manifest.kind in _DATA:
        if manifest.kind != "StatefulSet" or manifest.view.at("spec", "volumeClaimTemplates", 0):
            yield from _of_data(manifest)
        return
    found = template(manifest)
    for option in found.spec.at("syncPolicy", "syncOptions") if found is not None else ():
        if option.text == "Force=true":
            message = "Force=true deletes and makes anew whatever cannot be changed, data too"
            yield Fault(message, manifest, option)


def _of_data(manifest: Manifest) -> Iterator[Fault]:
    view = annotation(manifest, OPTIONS)
    for word in words(view.text):
        effect = _EFFECTS.get(word.text)
        if effect and not (manifest.kind == "CustomResourceDefinition" and word.text == "Replace=true"):
            message = f"{word.text} {effect}, and the {manifest.kind} holds data"
            yield Fault(message, manifest, view, offset=word.offset, detail=word.text)
