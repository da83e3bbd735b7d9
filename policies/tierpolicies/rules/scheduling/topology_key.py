"""A topology key is a label that no node has.

## What it does
Reports the topology keys of spread constraints and affinities that lie in a domain of Kubernetes' own, such
as topology.kubernetes.io, and are none of its labels, and those that have lost their domain (`hostname`).
Keys in other domains may be the cluster's own and are not judged.

## Why is this bad
Nodes without the label are left out: what is required keeps the pods pending, what is preferred does
nothing.

## Example
```yaml
topologyKey: topology.kubernetes.io/hostname
```

## Use instead
```yaml
topologyKey: kubernetes.io/hostname
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.spread import constraints

_KNOWN = frozenset(
    (
        "kubernetes.io/hostname",
        "kubernetes.io/os",
        "kubernetes.io/arch",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "node.kubernetes.io/instance-type",
        "node.kubernetes.io/windows-build",
    )
)
_DOMAINS = frozenset(key.partition("/")[0] for key in _KNOWN)
_MEANT = {
    "hostname": "kubernetes.io/hostname",
    "topology.kubernetes.io/hostname": "kubernetes.io/hostname",
    "node.kubernetes.io/hostname": "kubernetes.io/hostname",
    "kubernetes.io/zone": "topology.kubernetes.io/zone",
    "kubernetes.io/region": "topology.kubernetes.io/region",
}
_KINDS = ("podAffinity", "podAntiAffinity")


@rule(each=Pod, severity=Severity.WARNING, remediation="Name a label that the nodes have.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each key that is no label of nodes."""
    for key in _keys(pod):
        text = key.text
        if text in _KNOWN or (text not in _MEANT and text.partition("/")[0] not in _DOMAINS):
            continue
        meant = _MEANT.get(text)
        hint = f" (did you mean {meant!r}?)" if meant else nearest(text, _KNOWN)
        fix = Fix(value=meant, pointer=key.pointer) if meant else None
        yield Fault(f"no node has the label {text!r}{hint}", pod.manifest, key, fix=fix)


def _keys(pod: Pod) -> Iterator[View]:
    for constraint in constraints(pod):
        yield constraint["topologyKey"]
    for kind in _KINDS:
        affinity = pod.spec["affinity"][kind]
        for term in affinity["requiredDuringSchedulingIgnoredDuringExecution"]:
            yield term["topologyKey"]
        for weighted in affinity["preferredDuringSchedulingIgnoredDuringExecution"]:
            yield weighted["podAffinityTerm"]["topologyKey"]
