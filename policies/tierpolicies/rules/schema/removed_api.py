"""The API version of an object is gone, or not there yet, in a version of Kubernetes that must accept it.

## What it does
Looks up apiVersion and kind among what each checked version of Kubernetes serves, and in a dated table of
removed APIs; says since when it is gone, and what takes its place.

## Why is this bad
The API server does not know the object: it is not created, or the next upgrade strands it.

## Example
```yaml
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
```

## Use instead
```yaml
apiVersion: policy/v1
kind: PodDisruptionBudget
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write the object for an API version that every checked version of Kubernetes serves.",
    known_as=("kube-linter:no-extensions-v1beta", "kube-score:stable-version"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each object that a checked version does not serve."""
    from tierpolicies.schemas.service import Service  # noqa: PLC0415 (the schemas are read when used)

    service = Service(context.versions)
    for manifest in context.index.manifests:
        if (absence := service.absence(*manifest.subject[:2])) is not None:
            yield Fault(absence.message, manifest, "/apiVersion", remediation=absence.mend or None)
