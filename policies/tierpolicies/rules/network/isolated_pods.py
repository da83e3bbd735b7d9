"""No NetworkPolicy isolates a workload's pods.

## What it does
Looks, for each workload, for a NetworkPolicy of its namespace that selects its pods. Pods on the host's
network are left out, and namespaces with policies of another kind: Calico's, Cilium's, an administrator's.

## Why is this bad
Pods that no policy isolates take every connection and make any: whoever captures one pod of the cluster
reaches them all, and a captured one reaches the whole network.

## Example
```yaml
kind: Deployment   # with pods app: web, and no policy for them
```

## Use instead
```yaml
kind: NetworkPolicy
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
```
and rules for what the pods need.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import EGRESS, INGRESS, isolation


@rule(
    needs=(PODS,),
    severity=Severity.WARNING,
    remediation="Select the pods with a NetworkPolicy for both directions, and admit what they need.",
    rests_on=("NetworkPolicy",),
    known_as=("kube-linter:non-isolated-pod", "kube-score:pod-networkpolicy", "checkov:CKV2_K8S_6"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload that is open."""
    found = isolation(context.index)
    for workload in context.index.workloads:
        manifest = workload.manifest
        if workload.pod["hostNetwork"].value is True or found.is_partial(manifest.namespace):
            continue
        if not any(found.selecting(workload, each) for each in (INGRESS, EGRESS)):
            message = "no NetworkPolicy selects its pods: everybody reaches them, and they reach everybody"
            yield Fault(message, manifest, workload.template.at("metadata", "labels"))
