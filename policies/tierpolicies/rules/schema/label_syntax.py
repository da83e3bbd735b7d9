"""A label, an annotation or a selector has a key or a value that Kubernetes refuses.

## What it does
Checks the keys and values of labels, the keys of annotations, and both in node selectors, label
selectors, tolerations and spread constraints, everywhere in an object.

## Why is this bad
The API server refuses the object. In a pod's template it often is the value of a version or a branch,
such as `feature/login`, that breaks it on one day and not on another.

## Example
```yaml
labels: {app.kubernetes.io/version: feature/login}
```

## Use instead
```yaml
labels: {app.kubernetes.io/version: feature-login}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write a key or value of that form.",
    known_as=("kube-score:label-values",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each key and value of another form."""
    return context.verdicts.of("label-syntax")
