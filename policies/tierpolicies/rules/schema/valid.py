"""An object is not valid on a version of Kubernetes that must accept it.

## What it does
Validates every object against the schema of the cluster's version and of each later version known here,
with unknown fields refused; custom resources against their CustomResourceDefinition where the tree holds
it or the description names it, or else against strict schemas of their known fields. All faults of an
object are reported, each with the versions that refuse it. The rules in CEL of a definition
(`x-kubernetes-validations`) are not evaluated.

## Why is this bad
The API server refuses the object, or drops an unknown field silently; a field that a later version no
longer has stops the next upgrade.

## Example
```yaml
spec:
  replica: 2
```

## Use instead
```yaml
spec:
  replicas: 2
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write the field as the Kubernetes API defines it.",
    known_as=("kube-linter:schema-validation",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports what no rule of its own tells of."""
    return context.verdicts.of("valid")
