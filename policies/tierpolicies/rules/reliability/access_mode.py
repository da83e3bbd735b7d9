"""A claim wants its disk on several nodes, which its class cannot do.

## What it does
Reports claims with ReadWriteMany or ReadOnlyMany, and no other mode, whose StorageClass of these files
makes disks of one node: EBS, Azure Disk, local ones. Raw block devices are left out.

## Why is this bad
No volume is ever made: the claim stays Pending, and every pod that mounts it.

## Example
```yaml
accessModes: [ReadWriteMany]
storageClassName: gp3   # ebs.csi.aws.com
```

## Use instead
```yaml
accessModes: [ReadWriteOnce]
storageClassName: gp3
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import SINGLE_NODE, StorageClasses, claim_specs

_ONE_NODE = frozenset(
    (
        "ebs.csi.aws.com",
        "kubernetes.io/aws-ebs",
        "disk.csi.azure.com",
        "kubernetes.io/azure-disk",
        "rancher.io/local-path",
        "kubernetes.io/no-provisioner",
        "topolvm.io",
    )
)


@rule(
    needs=("StorageClass",),
    severity=Severity.ERROR,
    remediation="Ask for ReadWriteOnce, or take a class that makes shared file systems.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each claim that cannot be met."""
    classes = StorageClasses(context.index)
    for owner, claim in claim_specs(context.index):
        spec = claim["spec"]
        modes = [each.text for each in spec["accessModes"]]
        if not modes or SINGLE_NODE & set(modes) or spec["volumeMode"].text == "Block":
            continue
        source = classes.of(claim)
        if source is not None and source.view["provisioner"].text in _ONE_NODE:
            told = f"{' and '.join(modes)}, and {source.name} makes disks that one node mounts"
            yield Fault(f"the claim wants {told}", owner, spec["accessModes"])
