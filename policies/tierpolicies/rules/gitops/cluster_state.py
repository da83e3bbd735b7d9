"""An object carries what only a cluster writes.

## What it does
Reports `status` with content, `metadata.managedFields`, `uid` and `resourceVersion`, and the annotation
`kubectl.kubernetes.io/last-applied-configuration`. A CustomResourceDefinition's status passes: its
generators write one.

## Why is this bad
It was copied out of a cluster: a resourceVersion makes every later apply fail with a conflict, a uid with
another object, and the rest shows differences that never end.

## Example
```yaml
metadata: {name: web, resourceVersion: "48151623"}
```

## Use instead
```yaml
metadata: {name: web}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_METADATA = ("managedFields", "resourceVersion", "uid")
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@rule(each=Manifest, severity=Severity.WARNING, remediation="Remove what the cluster has written.")
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports the first of an object's fields that come from a cluster, and names the others."""
    view = manifest.view
    metadata = view["metadata"].mapping
    places: list[tuple[str, ...]] = [("metadata", field) for field in _METADATA if metadata.get(field)]
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict) and annotations.get(_APPLIED):
        places.append(("metadata", "annotations", _APPLIED))
    if view["status"].mapping and manifest.kind != "CustomResourceDefinition":
        places.append(("status",))
    if places:
        names = ", ".join(place[-1] for place in places)
        yield Fault(f"written by a cluster: {names}", manifest, view.at(*places[0]), key=True)
