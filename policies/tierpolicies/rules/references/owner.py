"""A manifest says that another object owns this one.

## What it does
Reports `metadata.ownerReferences` in manifests.

## Why is this bad
An owner is known by its uid, which every cluster gives anew: the garbage collector finds no owner of that
uid and deletes the object minutes after it was applied. Such a field is left over from an export.

## Example
```yaml
metadata:
  name: web
  ownerReferences:
    - {apiVersion: apps/v1, kind: Deployment, name: web, uid: 0d1c1b2a-0000-4000-8000-000000000000}
```

## Use instead
```yaml
metadata:
  name: web
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(each=Manifest, severity=Severity.WARNING, remediation="Remove the owner references.")
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each owner."""
    metadata = manifest.value.get("metadata")
    if not isinstance(metadata, dict) or "ownerReferences" not in metadata:
        return
    for owner in manifest.view.at("metadata", "ownerReferences"):
        message = f"the object is deleted where no {owner['kind'].text} {owner['name'].text} has this uid"
        yield Fault(message, manifest, owner)
