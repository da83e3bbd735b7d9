"""An autoscaler keeps a single pod at rest.

## What it does
Reports HorizontalPodAutoscalers that may go below two replicas, or below the parameter `replicas`.

## Why is this bad
With one pod at rest every restart, drain or crash of it is an outage.

## Example
```yaml
spec: {minReplicas: 1, maxReplicas: 6}
```

## Use instead
```yaml
spec: {minReplicas: 2, maxReplicas: 6}
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import HORIZONTAL


@dataclass(frozen=True, slots=True)
class Least:
    """`replicas`: how many pods there must be at rest."""

    replicas: int = 2


@rule(
    each=Manifest,
    kinds=(HORIZONTAL,),
    severity=Severity.WARNING,
    remediation="Raise minReplicas.",
    optional=True,
    known_as=("kube-score:horizontalpodautoscaler-replicas", "polaris:hpaMinAvailability"),
    parameters=Least(),
)
def check(manifest: Manifest, wanted: Least) -> Iterator[Fault]:
    """Reports an autoscaler that may leave too few."""
    least = manifest.view.at("spec", "minReplicas")
    replicas = 1 if least.integer is None else least.integer
    if replicas < wanted.replicas:
        told = "is one pod" if replicas == 1 else f"are {replicas} pods"
        yield Fault(f"at rest there {told}, fewer than {wanted.replicas}", manifest, least)
