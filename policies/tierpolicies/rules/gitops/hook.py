"""A hook, or when it is deleted, has an unknown name.

## What it does
Reports words of the annotations `argocd.argoproj.io/hook` and `argocd.argoproj.io/hook-delete-policy`
that Argo CD does not know.

## Why is this bad
Argo CD passes over such a word: the object is applied with all others, at another time than meant, and a
finished Job stays where the next one must run.

## Example
```yaml
annotations: {argocd.argoproj.io/hook: Presync}
```

## Use instead
```yaml
annotations: {argocd.argoproj.io/hook: PreSync}
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import HOOK, HOOK_DELETE_POLICY, words
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest

_KNOWN = {
    HOOK: ("hook", ("PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete", "Skip")),
    HOOK_DELETE_POLICY: ("delete policy", ("BeforeHookCreation", "HookSucceeded", "HookFailed")),
}


@rule(each=Manifest, severity=Severity.ERROR, remediation="Write a name that Argo CD knows, in its letters.")
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each word that Argo CD passes over."""
    annotations = manifest.view.at("metadata", "annotations")
    for name, (what, known) in _KNOWN.items() if annotations.mapping else ():
        view = annotations[name]
        for word in words(view.text):
            if word.text not in known and not has_placeholder(word.text):
                message = f"Argo CD knows no {what} {word.text!r}{nearest(word.text, known)}"
                yield Fault(message, manifest, view, offset=word.offset, detail=word.text)
