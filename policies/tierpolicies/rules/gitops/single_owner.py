"""A manifest belongs to no Application, or to several.

## What it does
Counts, for each manifest of a tree with Applications, those whose path holds it (below the path only
with `directory.recurse`).

## Why is this bad
Without an owner it is never applied; with two they fight over it, and one prunes what the other
applies.

## Example
```yaml
source: {path: dist/prod, directory: {recurse: true}}   # beside one Application per namespace
```

## Use instead
```yaml
source: {path: dist/prod/argocd}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.applications import Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Let exactly one Application's path hold it.")
def check(context: Context) -> Iterator[Fault]:
    """Reports manifests that have not exactly one owner."""
    sources = [
        source
        for source in Sources(context.tree, is_whole=context.platform is not None)
        if source.folder is not None
    ]
    if not sources:
        return
    owners: dict[str, list[str]] = {}
    for manifest in context.index.manifests:
        folder = manifest.file.rpartition("/")[0]
        if folder not in owners:
            owning = {each.application.name for each in sources if each.owns(manifest.file)}
            owners[folder] = sorted(owning)
        names = owners[folder]
        if len(names) != 1:
            told = f"the Applications {', '.join(names)}" if names else "no Application"
            yield Fault(f"{manifest.subject} belongs to {told}", manifest)
