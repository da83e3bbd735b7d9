"""Nothing keeps the replicas of a workload apart.

## What it does
Reports workloads of two and more replicas at rest with neither an anti-affinity that means their own pods
(its selector matches them, in their namespace) nor topology spread constraints. Pods that take a port of
their node keep apart by themselves.

## Why is this bad
All replicas may stand on one node and go with it: they cost as much as several and are worth one.

## Example
```yaml
replicas: 3
template: {spec: {containers: [{name: web}]}}
```

## Use instead
```yaml
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {app: web}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.rollout import SCALED, scaled
from tierpolicies.workloads.spread import anti_affinity, constraints, host_ports, other_pods


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Spread the pods over the hosts by a topologySpreadConstraint whose selector matches them.",
    known_as=(
        "kube-linter:no-anti-affinity",
        "kube-score:deployment-has-host-podantiaffinity",
        "kube-score:statefulset-has-host-podantiaffinity",
        "polaris:topologySpreadConstraint",
    ),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload whose pods may all share a node."""
    for workload in scaled(context):
        pod = workload.own
        if workload.manifest.kind not in SCALED or workload.replicas < 2 or constraints(pod).value:
            continue
        reasons = [other_pods(term, pod) for term in anti_affinity(pod)]
        if None in reasons or next(host_ports(pod), None) is not None:
            continue
        message = f"nothing keeps the {workload.replicas} replicas on different nodes"
        reason = next((each for each in reasons if each is not None), None)
        if reason is None:
            yield Fault(message, workload.manifest, constraints(pod))
        else:
            yield Fault(f"{message}; of the anti-affinity: {reason[0]}", workload.manifest, reason[1])
