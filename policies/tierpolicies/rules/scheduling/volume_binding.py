"""A volume of one zone is made before anybody knows where its pod will be.

## What it does
Reports StorageClasses of disks that live in one zone or on one node, such as EBS, whose volumeBindingMode
is Immediate or missing, which is the same.

## Why is this bad
The disk is made in any zone; when the nodes that the pod may go to are in another, it stays pending for
ever.

## Example
```yaml
provisioner: ebs.csi.aws.com
volumeBindingMode: Immediate
```

## Use instead
```yaml
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule

_ZONAL = frozenset(
    (
        "ebs.csi.aws.com",
        "kubernetes.io/aws-ebs",
        "pd.csi.storage.gke.io",
        "kubernetes.io/gce-pd",
        "disk.csi.azure.com",
        "kubernetes.io/azure-disk",
        "cinder.csi.openstack.org",
        "kubernetes.io/cinder",
        "kubernetes.io/no-provisioner",
        "rancher.io/local-path",
        "topolvm.io",
    )
)
_WAITS = "WaitForFirstConsumer"


@rule(
    each=Manifest,
    kinds=("StorageClass",),
    severity=Severity.WARNING,
    remediation="Set volumeBindingMode to WaitForFirstConsumer.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each class that does not wait."""
    provisioner, mode = manifest.view["provisioner"].text, manifest.view["volumeBindingMode"]
    if provisioner in _ZONAL and mode.text != _WAITS:
        told = mode.text or "no volumeBindingMode, which is Immediate"
        fix = Fix(value=_WAITS, pointer=mode.pointer) if mode else None
        yield Fault(f"{told}: the disk is made before its pod has a node", manifest, mode, fix=fix)
