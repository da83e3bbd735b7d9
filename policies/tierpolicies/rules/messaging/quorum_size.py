"""A cluster of brokers has an even number of members.

## What it does
Reports RabbitMQ clusters of two, four or any even number of replicas, and `RabbitmqCluster` objects too.

## Why is this bad
A quorum queue works while more than half of its members do. Two members stand no failure at all, four
stand one as three do: the extra member only costs.

## Example
```yaml
kind: StatefulSet
spec: {replicas: 2}
```

## Use instead
```yaml
kind: StatefulSet
spec: {replicas: 3}
```
"""

from collections.abc import Iterator

from tierpolicies.broker_servers import servers
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(needs=(MESSAGES,), severity=Severity.WARNING, remediation="Run an odd number of brokers, such as 3.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each cluster of an even number."""
    for server in servers(context.index):
        if server.manifest.kind == "StatefulSet":
            yield from _even(server.manifest)
    for cluster in context.index.of_kind("RabbitmqCluster"):
        yield from _even(cluster)


def _even(manifest: Manifest) -> Iterator[Fault]:
    replicas = manifest.view.at("spec", "replicas")
    count = replicas.integer
    if count and count % 2 == 0:
        message = f"{count} brokers stand no more failures than {count - 1}: {_stands(count)}"
        yield Fault(message, manifest, replicas)


def _stands(count: int) -> str:
    fails = (count - 1) // 2
    return f"{fails or 'none'} may fail"
