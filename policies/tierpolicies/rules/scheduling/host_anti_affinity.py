"""A workload has no anti-affinity by host or zone.

## What it does
Reports Deployments and StatefulSets without a required or preferred anti-affinity that matches their own
pods and tells hosts, zones or regions apart, unless they have a single replica in writing: where no number
is written somebody else may set it. Topology spread constraints do not count. The rule is optional.

## Why is this bad
Replicas may share a host and go with it; an anti-affinity also counts pods of other versions, which
constraints with matchLabelKeys leave out.

## Example
```yaml
replicas: 3
template: {spec: {containers: [{name: web}]}}
```

## Use instead
```yaml
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector: {matchLabels: {app: web}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.spread import HOST, anti_affinity, other_pods

_DOMAINS = frozenset(
    (
        HOST,
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region",
    )
)


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Add an anti-affinity by kubernetes.io/hostname whose selector matches the pods.",
    optional=True,
    known_as=(
        "kube-score:deployment-has-host-podantiaffinity",
        "kube-score:statefulset-has-host-podantiaffinity",
    ),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports a workload without one."""
    replicas = pod.manifest.view["spec"]["replicas"].integer
    if pod.manifest.kind not in ("Deployment", "StatefulSet") or (replicas is not None and replicas < 2):
        return
    if not any(each.topology in _DOMAINS and other_pods(each, pod) is None for each in anti_affinity(pod)):
        at = pod.spec["affinity"]["podAntiAffinity"]
        yield Fault("no anti-affinity keeps the pods on different hosts", pod.manifest, at)
