"""A volume type costs more than its successor.

## What it does
Reports StorageClasses of EBS with the type gp2, or with none written under the old provisioner, which is
gp2.

## Why is this bad
gp3 is a fifth cheaper for each GiB, and its speed does not hang on the size.

## Example
```yaml
provisioner: ebs.csi.aws.com
parameters: {type: gp2}
```

## Use instead
```yaml
provisioner: ebs.csi.aws.com
parameters: {type: gp3}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule

_CSI, _OLD = "ebs.csi.aws.com", "kubernetes.io/aws-ebs"


@rule(each=Manifest, kinds=("StorageClass",), severity=Severity.WARNING, remediation="Use gp3.")
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each class of the old type."""
    provisioner, kind = manifest.view["provisioner"].text, manifest.view["parameters"]["type"]
    if provisioner not in (_CSI, _OLD):
        return
    if kind.text == "gp2" or (provisioner == _OLD and not kind):
        fix = Fix(value="gp3", pointer=kind.pointer) if kind else None
        yield Fault("gp2 costs a quarter more than gp3", manifest, kind, fix=fix)
