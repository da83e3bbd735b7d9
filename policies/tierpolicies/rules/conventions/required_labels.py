"""An object lacks a label that the project demands.

## What it does
Looks for each label of the parameter `labels` on every object of the parameter `kinds`; for those
that make pods on the pods too. It runs only where it is selected or given a severity.

## Why is this bad
Owners, bills and dashboards are found by labels: an object without them belongs to nobody.

## Example
```yaml
metadata: {name: web}   # where labels: [owner] is demanded
```

## Use instead
```yaml
metadata: {name: web, labels: {owner: team-shop}}
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import pod_of


@dataclass(frozen=True, slots=True)
class Parameters:
    """The labels that must be there, and the kinds of objects that need them; with no kind all do."""

    labels: tuple[str, ...] = ("owner",)
    kinds: tuple[str, ...] = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "DeploymentConfig")


@rule(
    each=Manifest,
    severity=Severity.WARNING,
    remediation="Add the label with a value that says who answers for the object.",
    optional=True,
    parameters=Parameters(),
    known_as=("kube-linter:required-label-owner",),
)
def check(manifest: Manifest, parameters: Parameters) -> Iterator[Fault]:
    """Reports each label that is missing or empty."""
    if parameters.kinds and manifest.kind not in parameters.kinds:
        return
    labels = manifest.view.at("metadata", "labels")
    for label in parameters.labels:
        if not labels[label].text:
            yield Fault(f"no label {label!r}", manifest, labels[label])
    pod = pod_of(manifest)
    if pod is not None and manifest.kind != "Pod":
        labels = pod.template.at("metadata", "labels")
        for label in parameters.labels:
            if not labels[label].text:
                yield Fault(f"the pods have no label {label!r}", manifest, labels[label])
