"""A pod names its ServiceAccount in a field of old.

## What it does
Reports `serviceAccount` where `serviceAccountName` is missing or another. What a cluster answers
carries both, with the same value: that passes.

## Why is this bad
`serviceAccount` is deprecated: `serviceAccountName` wins where both are there, so that the pod may act
in another name than the one that is read.

## Example
```yaml
spec: {serviceAccount: web}
```

## Use instead
```yaml
spec: {serviceAccountName: web}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Write serviceAccountName instead.",
    known_as=("kube-linter:deprecated-service-account-field",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports the deprecated field."""
    old, new = pod.spec["serviceAccount"], pod.spec["serviceAccountName"]
    if old.text and old.text != new.text:
        rest = f", and serviceAccountName is {new.text}" if new.text else ""
        message = f"the deprecated field serviceAccount is {old.text}{rest}"
        yield Fault(message, pod.manifest, old, key=True)
