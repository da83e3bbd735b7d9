"""A workload or Service stands in the namespace `default`.

## What it does
Reports objects that run or serve something in `default`, be it that they name it or that they name
no namespace at all. It runs only where it is selected or given a severity.

## Why is this bad
Everything that forgets its namespace ends there: quotas, roles and policies for one application then
hold for strangers too.

## Example
```yaml
metadata: {name: web}
```

## Use instead
```yaml
metadata: {name: web, namespace: shop}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import WORKLOAD_KINDS

_KINDS = (*WORKLOAD_KINDS, "Service")


@rule(
    each=Manifest,
    kinds=_KINDS,
    severity=Severity.WARNING,
    remediation="Name a namespace of the application's own.",
    optional=True,
    known_as=("kube-linter:use-namespace", "checkov:CKV_K8S_21"),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each such object."""
    namespace = manifest.view.at("metadata", "namespace")
    if namespace.text in ("", "default"):
        told = "names no namespace, so it lands in default" if not namespace.text else "stands in default"
        yield Fault(told, manifest, namespace)
