"""An autoscaler does not say what it follows.

## What it does
Reports HorizontalPodAutoscalers without any metric.

## Why is this bad
Kubernetes then takes 80 % of the requested CPU, which is found out when it matters.

## Example
```yaml
spec: {minReplicas: 2, maxReplicas: 6}
```

## Use instead
```yaml
spec:
  minReplicas: 2
  maxReplicas: 6
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import HORIZONTAL


@rule(
    each=Manifest,
    kinds=(HORIZONTAL,),
    severity=Severity.NOTE,
    remediation="Write the metric and its target down.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports an autoscaler that goes by the default."""
    spec = manifest.view["spec"]
    if spec.mapping and not any(spec["metrics"]) and not spec["targetCPUUtilizationPercentage"]:
        yield Fault("without a metric it follows 80 % of the requested CPU", manifest, spec["metrics"])
