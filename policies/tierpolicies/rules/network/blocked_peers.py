"""A policy keeps the members of a cluster apart.

## What it does
For each StatefulSet of several replicas, looks whether its pods may reach each other at the ports of their
cluster: those of its own headless Service with `publishNotReadyAddresses`, and those that the software is
known for, such as RabbitMQ's 4369 and 25672.

## Why is this bad
The members do not find each other: a cluster does not form, or falls apart with the first restart.

## Example
```yaml
spec:
  podSelector: {matchLabels: {app: rabbitmq}}
  ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 5672}]}]
```

## Use instead
```yaml
ingress:
  - from: [{podSelector: {matchLabels: {app: rabbitmq}}}]
    ports: [{port: 4369}, {port: 25672}]
```
beside it.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.network.intent.blame import blamed
from tierpolicies.traffic.isolation import DIRECTIONS, INGRESS, isolation
from tierpolicies.traffic.kept_out import kept_from_peers


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.ERROR,
    remediation="Admit the pods themselves at the ports of their cluster.",
    rests_on=("NetworkPolicy",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each cluster that a policy divides."""
    found = isolation(context.index)
    for workload in context.index.workloads if found.policies else ():
        kept = kept_from_peers(context.index, workload)
        for direction in DIRECTIONS:
            ports = [port for side, port in kept if side == direction]
            policy = blamed(found.selecting(workload, direction), direction) if ports else None
            if policy is not None:
                verb = "are not admitted" if direction == INGRESS else "may not go out"
                told = ", ".join(map(str, ports))
                message = f"the pods of {workload.manifest.name} {verb} to each other's ports {told}"
                yield Fault(
                    message, policy.manifest, f"/spec/{direction.lower()}", detail=workload.manifest.name
                )
