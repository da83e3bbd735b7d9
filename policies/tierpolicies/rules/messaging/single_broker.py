"""Quorum queues stand on a single broker.

## What it does
Reports RabbitMQ with one replica whose definitions hold quorum queues.

## Why is this bad
A quorum of one is none: the queues stand still with every restart of that one pod.

## Example
```yaml
kind: StatefulSet
spec: {replicas: 1}
```

## Use instead
```yaml
kind: StatefulSet
spec: {replicas: 3}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import brokers
from tierpolicies.messaging.broker_servers import servers


@rule(needs=(MESSAGES,), severity=Severity.WARNING, optional=True, remediation="Run three brokers.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each broker that is alone with quorum queues."""
    quorums = {
        each.manifest.name: sum(queue.is_quorum for queue in each.queues) for each in brokers(context.index)
    }
    for server in servers(context.index):
        count = sum(quorums.get(name, 0) for name in server.holders)
        if server.workload.replicas == 1 and count:
            message = f"{count} quorum queues stand on one broker: none works while it restarts"
            yield Fault(message, server.manifest, server.manifest.view.at("spec", "replicas"))
