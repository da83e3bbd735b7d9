"""Two manifests describe the same object.

## What it does
Reports objects with the same API group, kind, namespace and name as another of the checked tree. Files
that are never applied together are not compared: those below folders that differ by the name of an
environment (`dev` and `prod`), that stand side by side in `overlays`, `environments` or the like, or
that have a kustomization each.

## Why is this bad
The one applied last wins, and which that is changes from time to time.

## Example
```yaml
kind: Service
metadata: {name: auth-service, namespace: auth}   # in two files
```

## Use instead
One manifest for each object.
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Remove one of them, or name it otherwise.")
def check(context: Context) -> Iterator[Fault]:
    """Reports every further manifest of an object."""
    seen: dict[tuple[str, str, str, str], list[Manifest]] = {}
    for manifest in context.index.manifests:
        if not manifest.name:
            continue  # a generated name is always new; a missing one is schema/valid's
        key = (manifest.group, manifest.kind, manifest.namespace, manifest.name)
        before = seen.setdefault(key, [])
        apart = context.overlays.apart
        first = next((each for each in before if not apart(each.file, manifest.file)), None)
        if first is not None:
            line, _ = first.position("")
            message = f"{manifest.subject} is also described in {first.file}:{line}"
            yield Fault(message, manifest, "/metadata/name")
        else:
            before.append(manifest)
