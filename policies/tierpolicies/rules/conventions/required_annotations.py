"""An object lacks an annotation that the project demands.

## What it does
Looks for each annotation of the parameter `annotations` on every object of the parameter `kinds`. It
runs only where it is selected or given a severity.

## Why is this bad
What people or programs look up there, such as whom to call, is not to be found when it is needed.

## Example
```yaml
metadata: {name: web}   # where annotations: [email] is demanded
```

## Use instead
```yaml
metadata: {name: web, annotations: {email: shop@example.org}}
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@dataclass(frozen=True, slots=True)
class Parameters:
    """The annotations that must be there, and the kinds of objects that need them; with no kind all do."""

    annotations: tuple[str, ...] = ("email",)
    kinds: tuple[str, ...] = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "DeploymentConfig")


@rule(
    each=Manifest,
    severity=Severity.WARNING,
    remediation="Add the annotation.",
    optional=True,
    parameters=Parameters(),
    known_as=("kube-linter:required-annotation-email",),
)
def check(manifest: Manifest, parameters: Parameters) -> Iterator[Fault]:
    """Reports each annotation that is missing or empty."""
    if parameters.kinds and manifest.kind not in parameters.kinds:
        return
    annotations = manifest.view.at("metadata", "annotations")
    for annotation in parameters.annotations:
        if not annotations[annotation].text:
            yield Fault(f"no annotation {annotation!r}", manifest, annotations[annotation])
