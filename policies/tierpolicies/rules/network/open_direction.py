"""NetworkPolicies isolate a workload's pods in one direction alone.

## What it does
Looks, for each workload that a NetworkPolicy selects, whether one is for what comes in and one for what goes
out. What goes out is told as a note where no policy of the namespace limits that. Pods on the host's network
are left out, and namespaces with policies of another kind. Pods that no policy selects are
`network/isolated-pods`' concern.

## Why is this bad
The other direction is as open as if there were no policy: everybody comes in, or a captured pod reaches the
whole network and sends out what it finds.

## Example
```yaml
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
```

## Use instead
```yaml
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}
```
and rules for what the pods call.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import EGRESS, INGRESS, isolation


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Limit the other direction too, and admit what the pods need.",
    rests_on=("NetworkPolicy",),
    known_as=("kube-score:pod-networkpolicy",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload that is open in one direction."""
    found = isolation(context.index)
    limited = {policy.namespace for policy in found.policies if EGRESS in policy.directions}
    for workload in context.index.workloads:
        manifest = workload.manifest
        if workload.pod["hostNetwork"].value is True or found.is_partial(manifest.namespace):
            continue
        comes, goes = (bool(found.selecting(workload, each)) for each in (INGRESS, EGRESS))
        if comes != goes:
            is_usual = comes and (manifest.namespace or "default") not in limited
            told = "goes out" if comes else "comes in"
            message = f"no NetworkPolicy limits what {told}"
            severity = Severity.NOTE if is_usual else None
            at = workload.template.at("metadata", "labels")
            yield Fault(message, manifest, at, detail=told, severity=severity)
