"""A SecurityContextConstraints of OpenShift admits privileged containers.

## What it does
Reports `allowPrivilegedContainer: true`.

## Why is this bad
Whoever may use the constraint has the nodes.

## Example
```yaml
allowPrivilegedContainer: true
```

## Use instead
```yaml
allowPrivilegedContainer: false
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("SecurityContextConstraints",),
    severity=Severity.ERROR,
    remediation="Set it to false, and allow the capabilities that are needed.",
    known_as=("kube-linter:scc-deny-privileged-container",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports such a constraint."""
    allowed = manifest.view["allowPrivilegedContainer"]
    if allowed.value is True:
        yield Fault("the constraint admits privileged containers", manifest, allowed)
