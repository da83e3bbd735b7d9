"""A claim has a StorageClass that is not there.

## What it does
Looks up the StorageClass of each PersistentVolumeClaim, claim template and ephemeral volume, where the
tree has StorageClasses. Names that clouds and distributions bring along, such as `gp2` or `standard`, pass
without one.

## Why is this bad
No volume is ever made: the claim stays Pending, and every pod that mounts it.

## Example
```yaml
storageClassName: fsat   # beside a StorageClass fast
```

## Use instead
```yaml
storageClassName: fast
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.cluster_names import unknown
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule

_BROUGHT_ALONG = frozenset(
    (
        "azurefile",
        "azurefile-csi",
        "azurefile-csi-premium",
        "azurefile-premium",
        "default",
        "do-block-storage",
        "ebs-sc",
        "gp2",
        "hostpath",
        "local-path",
        "longhorn",
        "managed",
        "managed-csi",
        "managed-csi-premium",
        "managed-premium",
        "microk8s-hostpath",
        "oci-bv",
        "openebs-hostpath",
        "premium-rwo",
        "premium-rwx",
        "standard",
        "standard-rwo",
        "standard-rwx",
        "vultr-block-storage",
    )
)
_FIELD = "storageClassName"


@rule(
    needs=("StorageClass",),
    severity=Severity.ERROR,
    remediation="Name one of the StorageClasses, or add the one that is meant.",
    rests_on=("StorageClass",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each claim of an unknown class."""
    yield from unknown(
        context,
        "StorageClass",
        _named(context.index),
        is_given=_BROUGHT_ALONG.__contains__,
        of_charts=True,
    )


def _named(index: Index) -> Iterator[tuple[Manifest, View]]:
    for claim in index.of_kind("PersistentVolumeClaim"):
        # A claim that names its volume takes a class that need be nothing but a common name.
        if not claim.view.at("spec", "volumeName").text:
            yield claim, claim.view.at("spec", _FIELD)
    for manifest in index.of_kind("StatefulSet"):
        for template in manifest.view.at("spec", "volumeClaimTemplates"):
            yield manifest, template.at("spec", _FIELD)
    for workload in index.workloads:
        for volume in workload.pod["volumes"]:
            yield workload.manifest, volume.at("ephemeral", "volumeClaimTemplate", "spec", _FIELD)
