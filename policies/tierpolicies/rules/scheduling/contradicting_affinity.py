"""A pod wants of its node what no node can be.

## What it does
Reports pods whose required node affinity contradicts itself or their nodeSelector in every alternative, and
pods that must stand beside the very pods that they must not stand beside.

## Why is this bad
The pod stays pending for ever, in every cluster.

## Example
```yaml
nodeSelector: {disk: ssd}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: NotIn, values: [ssd]}]}]
```

## Use instead
```yaml
nodeSelector: {disk: ssd}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.node_terms import impossible_keys
from tierpolicies.workloads.spread import anti_affinity

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


@rule(each=Pod, severity=Severity.ERROR, remediation="Take one of the two away.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each contradiction."""
    if not pod.spec["affinity"]:
        return
    for term, key in impossible_keys(pod).items():
        yield Fault(f"no node can have what is wanted of its label {key!r}", pod.manifest, term)
    apart = [each.view.value for each in anti_affinity(pod) if each.is_required]
    for term in pod.spec["affinity"]["podAffinity"][_REQUIRED]:
        if term.value in apart:
            message = "the pod must be beside the same pods that its anti-affinity keeps it from"
            yield Fault(message, pod.manifest, term)
