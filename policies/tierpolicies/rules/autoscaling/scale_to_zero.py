"""An autoscaler may leave no pod at all where Kubernetes does not scale from none.

## What it does
Reports HorizontalPodAutoscalers with `minReplicas: 0`: on versions of Kubernetes before 1.37, which refuse it
unless the feature HPAScaleToZero is on, and without an Object or External metric.

## Why is this bad
The API server refuses the autoscaler. Once the last pod is gone CPU and memory have no pod to be measured
in: only a metric from elsewhere can bring one back.

## Example
```yaml
spec: {minReplicas: 0, maxReplicas: 6, metrics: [{type: Resource, …}]}
```

## Use instead
```yaml
spec: {minReplicas: 1, maxReplicas: 6, metrics: [{type: Resource, …}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import HORIZONTAL

_SINCE = (1, 37)
_FROM_ELSEWHERE = ("Object", "External")


@rule(
    needs=("HorizontalPodAutoscaler",),
    severity=Severity.WARNING,
    remediation="Keep one pod, or scale by an Object or External metric from 1.37 on.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each autoscaler that cannot scale from none."""
    for scaler in context.index.of_kind(HORIZONTAL):
        least = scaler.view.at("spec", "minReplicas")
        if least.integer != 0:
            continue
        if not any(metric["type"].text in _FROM_ELSEWHERE for metric in scaler.view.at("spec", "metrics")):
            message = "minReplicas 0 needs an Object or External metric: no pod is left to be measured"
            yield Fault(message, scaler, least, severity=Severity.ERROR)
            continue
        refusing = [
            each for each in context.versions if tuple(int(part) for part in each.split(".")) < _SINCE
        ]
        if refusing:
            message = (
                f"Kubernetes {refusing[0]} refuses minReplicas 0 unless the feature HPAScaleToZero is on"
            )
            yield Fault(message, scaler, least)
