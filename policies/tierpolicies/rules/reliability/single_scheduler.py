"""A scheduler may run twice at once.

## What it does
Reports schedulers - Deployments and StatefulSets labelled `app.kubernetes.io/component: scheduler`, or with
a container that runs Celery's beat, be it inside a worker - with other than one replica, with an
autoscaler, or, for a Deployment, with another strategy than Recreate.

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
from tierpolicies.engine.workload import Workload

_COMPONENT = "app.kubernetes.io/component"
_LONGEST = 2000


@rule(needs=("Pod",), severity=Severity.ERROR, remediation="Set replicas 1 and strategy Recreate.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each scheduler that may run twice."""
    for workload in context.index.workloads:
        kind = workload.manifest.kind
        is_labelled = workload.labels.get(_COMPONENT) == "scheduler"
        if kind not in ("Deployment", "StatefulSet") or not (is_labelled or _runs_beat(workload)):
            continue
        spec = workload.manifest.view["spec"]
        if workload.scaler is not None:
            message = f"the autoscaler {workload.scaler.name} may add a second scheduler"
            yield Fault(message, workload.manifest, spec["replicas"])
        elif workload.replicas > 1:
            message = f"{workload.replicas} schedulers send every task as often"
            yield Fault(message, workload.manifest, spec["replicas"])
        if kind == "Deployment" and spec.at("strategy", "type").text != "Recreate":
            message = "a rolling update runs two schedulers at once"
            severity = None if is_labelled else Severity.WARNING
            yield Fault(message, workload.manifest, spec.at("strategy", "type"), severity=severity)


def _runs_beat(workload: Workload) -> bool:
    """Whether a container runs Celery's beat; RedBeat has a lock of its own."""
    for container in workload.own.running:
        told = " ".join(word.text for field in ("command", "args") for word in container[field])[:_LONGEST]
        if "celery" in told and "redbeat" not in told and "beat" in told.split():
            return True
    return False
