"""A quorum has an even number of members.

## What it does
Reports StatefulSets with two, four or another even number of replicas of software whose members vote: etcd,
RabbitMQ, ZooKeeper, Consul.

## Why is this bad
A majority of four is three, as of five: the fourth member costs a node and lets not one more fail. Of two,
both are needed.

## Example
```yaml
replicas: 2
```

## Use instead
```yaml
replicas: 3
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.storage.stores import QUORUMS, product


@rule(each=Pod, severity=Severity.WARNING, remediation="Use an odd number of members.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each even quorum."""
    replicas = pod.manifest.view["spec"]["replicas"]
    count = replicas.integer or 0
    if pod.manifest.kind != "StatefulSet" or count < 2 or count % 2:
        return
    name = product(pod)
    if name in QUORUMS:
        message = f"{count} members of {name} survive the loss of {(count - 1) // 2}, as {count - 1} do"
        yield Fault(message, pod.manifest, replicas)
