"""A namespace is open by default, unlike the others.

## What it does
In a tree of which another namespace has a default deny, looks for the same in each namespace that is an
object of the tree or has workloads: policies that select all pods, for both directions. The cluster's
own namespaces are left out, and those with policies of another kind.

## Why is this bad
The next workload there, or one whose labels change, is open to everybody, and nobody expects it.

## Example
```yaml
kind: Namespace
metadata: {name: shop}   # without a default deny, beside others that have one
```

## Use instead
```yaml
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import DIRECTIONS, isolation

_CLUSTERS = ("kube-system", "kube-public", "kube-node-lease")


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Add a NetworkPolicy that selects all pods of the namespace, for Ingress and Egress.",
    rests_on=("NetworkPolicy",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each namespace that lacks what others have."""
    found = isolation(context.index)
    denied: dict[str, set[str]] = {}
    for policy in found.policies:
        if policy.selects_all:
            denied.setdefault(policy.namespace, set()).update(policy.directions)
    if not any(directions.issuperset(DIRECTIONS) for directions in denied.values()):
        return
    for namespace, manifest in _namespaces(context).items():
        open_ = [each for each in DIRECTIONS if each not in denied.get(namespace, ())]
        if open_ and not found.is_partial(namespace):
            message = (
                f"the namespace {namespace} has no default deny for {' and '.join(open_)}, as others have"
            )
            yield Fault(
                message, manifest, "/metadata/name" if manifest.kind == "Namespace" else "", detail=namespace
            )


def _namespaces(context: Context) -> dict[str, Manifest]:
    """Each namespace with the object to tell it by: its own, or a workload in it."""
    workloads = sorted(context.index.workloads, key=lambda each: each.manifest.subject, reverse=True)
    result = {each.manifest.namespace or DEFAULT_NAMESPACE: each.manifest for each in workloads}
    result.update((each.name, each) for each in context.index.of_kind("Namespace"))
    return {name: manifest for name, manifest in result.items() if name not in _CLUSTERS}
