"""A pod that nobody makes again.

## What it does
Reports Pods that stand for themselves, with no Deployment, StatefulSet or Job to make them, but for the
hooks and tests of a chart. The rule is optional.

## Why is this bad
When its node goes the pod goes with it, and nothing puts it elsewhere.

## Example
```yaml
kind: Pod
```

## Use instead
```yaml
kind: Deployment
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook")


@rule(
    each=Manifest,
    kinds=("Pod",),
    severity=Severity.WARNING,
    remediation="Let a Deployment, a StatefulSet or a Job make it.",
    optional=True,
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each Pod of its own."""
    metadata = manifest.view["metadata"]
    if not metadata["ownerReferences"].value and not any(metadata["annotations"][each] for each in _HOOKS):
        yield Fault("nothing makes the pod again", manifest, manifest.view["kind"])
