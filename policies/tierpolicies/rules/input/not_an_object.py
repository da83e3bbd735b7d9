"""A document is not a Kubernetes object.

## What it does
Reports YAML documents that are no mapping or lack apiVersion or kind, and says of the files of a Helm chart
or a kustomization what to check instead. JSON without both is data of another kind, and passed over.

## Why is this bad
Argo CD and kubectl refuse the whole folder because of it.

## Example
```yaml
replicas: 2
```

## Use instead
```yaml
apiVersion: apps/v1
kind: Deployment
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

KINDS = ("not-an-object", "documents")


@rule(severity=Severity.ERROR, remediation="Write apiVersion and kind, or keep the file elsewhere.")
def check(context: Context) -> Iterator[Fault]:
    """Reports the problems of this kind."""
    return context.problems(*KINDS)
