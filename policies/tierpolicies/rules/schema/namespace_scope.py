"""An object that stands in no namespace names one.

## What it does
Reports `metadata.namespace` of kinds that are the whole cluster's: Namespaces, ClusterRoles,
PriorityClasses, StorageClasses, CustomResourceDefinitions and the like, and custom kinds whose definition
says so.

## Why is this bad
The API server drops the field silently: two teams that believe to have an object of their own each
overwrite the other's, and whoever removes the namespace does not remove the object.

## Example
```yaml
kind: ClusterRole
metadata: {name: reader, namespace: shop}
```

## Use instead
```yaml
kind: ClusterRole
metadata: {name: reader}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.WARNING, remediation="Remove the namespace.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each namespace that means nothing."""
    for manifest in context.index.manifests:
        if manifest.namespace and context.catalog.is_cluster_scoped(manifest):
            at = "/metadata/namespace"
            message = f"a {manifest.kind} stands in no namespace, and this one names {manifest.namespace!r}"
            yield Fault(message, manifest, at, fix=Fix(pointer=at, remove=True))
