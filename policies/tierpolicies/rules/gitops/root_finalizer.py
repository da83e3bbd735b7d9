"""Deleting one Application deletes the whole platform.

## What it does
Reports Applications that apply other Applications and carry the finalizer
`resources-finalizer.argocd.argoproj.io`.

## Why is this bad
Whoever deletes that one Application, by a slip or to move it, deletes all Applications with it, and these
delete all that they apply.

## Example
```yaml
kind: Application
metadata: {name: root, finalizers: [resources-finalizer.argocd.argoproj.io]}
```

## Use instead
```yaml
kind: Application
metadata: {name: root}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.applications import GROUP, Owners, Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_FINALIZER = "resources-finalizer.argocd.argoproj.io"


@rule(
    severity=Severity.WARNING,
    optional=True,
    remediation="Take the finalizer from the Application that applies the others.",
    needs=("Application",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each root that takes all with it."""
    owners = Owners(Sources(context.tree, is_whole=context.platform is not None))
    roots: dict[int, int] = {}
    for child in context.index.of_kind("Application"):
        for owner in owners.of(child.file):
            if owner is not child:
                roots[id(owner)] = roots.get(id(owner), 0) + 1
    for manifest in context.index.of_kind("Application") if roots else ():
        for finalizer in manifest.view.at("metadata", "finalizers"):
            if manifest.group == GROUP and id(manifest) in roots and finalizer.text.startswith(_FINALIZER):
                message = f"deleting it deletes the {roots[id(manifest)]} Applications that it applies"
                yield Fault(message, manifest, finalizer)
