"""An autoscaler's limits leave it nothing to do.

## What it does
Compares the least and the most replicas of HorizontalPodAutoscalers and KEDA's ScaledObjects: the least
may not be above the most, the most not below one. It tells limits that are equal, too.

## Why is this bad
The API server refuses the autoscaler, or it never changes anything.

## Example
```yaml
spec: {minReplicas: 6, maxReplicas: 3}
```

## Use instead
```yaml
spec: {minReplicas: 3, maxReplicas: 6}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import HORIZONTAL, SCALERS


@rule(
    each=Manifest,
    kinds=SCALERS,
    severity=Severity.ERROR,
    remediation="Set the most above the least, and the least to what is needed at rest.",
    known_as=("polaris:hpaMaxAvailability",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each limit that contradicts the other."""
    is_horizontal = manifest.kind == HORIZONTAL
    fields = ("minReplicas", "maxReplicas") if is_horizontal else ("minReplicaCount", "maxReplicaCount")
    least, most = (manifest.view.at("spec", field) for field in fields)
    default_least, default_most = (1, None) if is_horizontal else (0, 100)
    lower = default_least if least.integer is None else least.integer
    upper = default_most if most.integer is None else most.integer
    if upper is None:
        return  # schema/valid says that it is required
    if upper < 1:
        yield Fault(f"{fields[1]} {upper} allows no pod at all", manifest, most)
    elif lower > upper:
        yield Fault(f"{fields[0]} {lower} is above {fields[1]} {upper}", manifest, least)
    elif lower == upper and not (upper == 1 and least.integer is None):
        message = f"{fields[0]} and {fields[1]} are both {upper}: it never scales"
        yield Fault(message, manifest, most, severity=Severity.WARNING)
    idle = manifest.view.at("spec", "idleReplicaCount")
    if not is_horizontal and idle.integer is not None and idle.integer >= lower:
        yield Fault(f"idleReplicaCount {idle.integer} is not below minReplicaCount {lower}", manifest, idle)
