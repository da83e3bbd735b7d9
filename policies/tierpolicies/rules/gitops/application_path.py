"""An Application's path leads nowhere.

## What it does
Compares `spec.source.path` of each Application with the folders of the checked tree. A path is
matched by its end, so a check may start at any folder of the repository; what comes before must be
the same for all Applications. Charts and other repositories are left out.

## Why is this bad
Argo CD cannot sync the Application; with another environment's path it applies the wrong objects.

## Example
```yaml
source: {path: dist/prod/tier-2-sync-api/aut}
```

## Use instead
```yaml
source: {path: dist/prod/tier-2-sync-api/auth}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.applications import Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(severity=Severity.ERROR, remediation="Name a folder that holds the manifests.")
def check(context: Context) -> Iterator[Fault]:
    """Reports paths that no folder has, and those with another prefix."""
    sources = Sources(context.tree, is_whole=context.platform is not None)
    for source in sources:
        at = source.view["path"]
        if source.folder is None:
            known = {f"{sources.prefix}/{each}".strip("/") for each in context.tree.folders}
            message = f"no folder is called {source.path!r}{nearest(source.path, known)}"
            yield Fault(message, source.application, at)
        elif source.prefix != sources.prefix:
            message = f"{source.path!r} leads elsewhere: other paths begin with {sources.prefix!r}"
            yield Fault(message, source.application, at)
