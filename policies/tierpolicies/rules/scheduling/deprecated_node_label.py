"""A pod is placed by a label of nodes that is going away.

## What it does
Reports nodeSelectors, node affinities and topology keys that name `beta.kubernetes.io/…`,
`failure-domain.…kubernetes.io/…` or `node-role.kubernetes.io/master`, and tells what replaces each.

## Why is this bad
Nodes of newer versions do not carry them: the pods stay pending, or are no longer spread, from the first
node that is replaced.

## Example
```yaml
nodeSelector: {beta.kubernetes.io/os: linux}
```

## Use instead
```yaml
nodeSelector: {kubernetes.io/os: linux}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.node_terms import node_labels
from tierpolicies.workloads.spread import anti_affinity, constraints

_REPLACED = {
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.kubernetes.io/region": "topology.kubernetes.io/region",
    "node-role.kubernetes.io/master": "node-role.kubernetes.io/control-plane",
}


@rule(each=Pod, severity=Severity.WARNING, remediation="Name the label that has taken its place.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each such label."""
    for label, at in _named(pod):
        if label in _REPLACED:
            message = f"the label {label} is deprecated; {_REPLACED[label]} has taken its place"
            yield Fault(message, pod.manifest, at, key=at.path[-1] == label)


def _named(pod: Pod) -> Iterator[tuple[str, View]]:
    yield from node_labels(pod)
    keys = [each["topologyKey"] for each in constraints(pod)]
    keys += [each.view["topologyKey"] for each in anti_affinity(pod)]
    yield from ((key.text, key) for key in keys)
