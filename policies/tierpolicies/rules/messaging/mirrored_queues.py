"""A policy mirrors classic queues.

## What it does
Reports policies of the definitions with `ha-mode` or another setting of mirrored queues, unless all the
queues they apply to are quorum queues, for which `messaging/quorum-arguments` tells it.

## Why is this bad
RabbitMQ 4.0 has removed mirrored queues: the queues have one copy then. Before, they lose confirmed
messages when nodes fail.

## Example
```json
{"policies": [{"name": "ha", "pattern": ".*", "definition": {"ha-mode": "all"}}]}
```

## Use instead
```json
{"queues": [{"name": "mail", "durable": true, "arguments": {"x-queue-type": "quorum"}}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import applies, brokers


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Make the queues quorum queues and drop the policy's ha- settings.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each policy that mirrors."""
    for broker in brokers(context.index):
        for policy in broker.definitions["policies"]:
            settings = [key for key in policy["definition"].mapping if key.startswith("ha-")]
            held = [queue for queue in broker.queues if applies(policy, queue.name)]
            if settings and not (held and all(queue.is_quorum for queue in held)):
                name = policy["name"]
                told = f"sets {', '.join(settings)}: RabbitMQ 4 has no mirrored queues"
                message = f"the policy {name.text} {told}"
                yield broker.fault_at(message, name, detail=name.text)
