"""A sync option is none that Argo CD knows.

## What it does
Reports words of `syncPolicy.syncOptions` and of the annotation `argocd.argoproj.io/sync-options` whose
name or value Argo CD does not know. Letters matter, and so do blanks around `=`.

## Why is this bad
Argo CD passes over the word: the volume that was to be kept is pruned with the rest.

## Example
```yaml
annotations: {argocd.argoproj.io/sync-options: "prune=false"}
```

## Use instead
```yaml
annotations: {argocd.argoproj.io/sync-options: "Prune=false"}
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import OPTIONS, annotation, words
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import template
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest

_SWITCH = ("true", "false")
_KNOWN = {
    "ApplyOutOfSyncOnly": _SWITCH,
    "ClientSideApplyMigration": _SWITCH,
    "CreateNamespace": _SWITCH,
    "Delete": (*_SWITCH, "confirm"),
    "FailOnSharedResource": _SWITCH,
    "Force": _SWITCH,
    "Prune": (*_SWITCH, "confirm"),
    "PruneLast": _SWITCH,
    "PrunePropagationPolicy": ("foreground", "background", "orphan"),
    "Replace": _SWITCH,
    "RespectIgnoreDifferences": _SWITCH,
    "ServerSideApply": _SWITCH,
    "SkipDryRunOnMissingResource": _SWITCH,
    "Validate": _SWITCH,
}
_WORDS = [f"{name}={value}" for name, values in _KNOWN.items() for value in values]


@rule(
    each=Manifest,
    severity=Severity.WARNING,
    remediation="Write Name=value as Argo CD knows it, or remove the option.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each option that Argo CD passes over."""
    view = annotation(manifest, OPTIONS)
    for word in words(view.text) if view.text else ():
        told = _told(word.text)
        if told:
            yield Fault(told, manifest, view, offset=word.offset, detail=word.text)
    found = template(manifest) if manifest.kind in ("Application", "ApplicationSet") else None
    for option in found.spec.at("syncPolicy", "syncOptions") if found is not None else ():
        told = _told(option.text)
        if told:
            yield Fault(told, manifest, option)


def _told(option: str) -> str:
    """What is wrong with an option; nothing where Argo CD knows it."""
    name, _, value = option.partition("=")
    if not option or value in _KNOWN.get(name, ()) or has_placeholder(option):
        return ""
    if name in _KNOWN:
        return f"Argo CD knows no {option!r}: {name} takes {', '.join(_KNOWN[name])}"
    return f"Argo CD knows no sync option {option!r}{nearest(option, _WORDS)}"
