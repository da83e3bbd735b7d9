"""A scheduler may run twice at once.

## What it does
Reports Deployments labelled `app.kubernetes.io/component: scheduler` with other than one replica,
another strategy than Recreate, or an autoscaler.

## Why is this bad
Two schedulers send every periodic task twice; a rolling update starts the second before the first
has stopped.

## Example
```yaml
spec: {replicas: 2, strategy: {type: RollingUpdate}}
```

## Use instead
```yaml
spec: {replicas: 1, strategy: {type: Recreate}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_COMPONENT = "app.kubernetes.io/component"


@rule(severity=Severity.ERROR, remediation="Set replicas 1 and strategy Recreate.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each scheduler that may run twice."""
    for workload in context.index.workloads:
        if workload.manifest.kind != "Deployment" or workload.labels.get(_COMPONENT) != "scheduler":
            continue
        spec = workload.manifest.view["spec"]
        if workload.scaler is not None:
            message = f"the autoscaler {workload.scaler.name} may add a second scheduler"
            yield Fault(message, workload.manifest, spec["replicas"])
        elif workload.replicas > 1:
            message = f"{workload.replicas} schedulers send every task as often"
            yield Fault(message, workload.manifest, spec["replicas"])
        if spec.at("strategy", "type").text != "Recreate":
            message = "a rolling update runs two schedulers at once"
            yield Fault(message, workload.manifest, spec.at("strategy", "type"))
