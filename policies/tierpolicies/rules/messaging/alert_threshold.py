"""An alert on a queue lies beyond the queue's length.

## What it does
Compares the threshold of alerts on `rabbitmq_queue_messages` and `…_ready` of one queue with the queue's
`x-max-length`.

## Why is this bad
The queue refuses or drops messages, and the alert stays silent: it never holds that many.

## Example
```yaml
expr: rabbitmq_queue_messages{queue="mail"} > 10000   # and x-max-length is 5000
```

## Use instead
```yaml
expr: rabbitmq_queue_messages{queue="mail"} > 1000
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import brokers
from tierpolicies.messaging.queue_metrics import queue_alerts


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Lower the alert's threshold below the queue's length.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each alert that cannot fire."""
    lengths = {
        queue.name: queue.number("x-max-length")
        for broker in brokers(context.index)
        for queue in broker.queues
    }
    for alert in queue_alerts(context.index) if lengths else ():
        length = lengths.get(alert.queue)
        if length is not None and alert.figure >= length:
            message = (
                f"{alert.name} fires above {alert.figure} messages, and {alert.queue} holds at most {length}"
            )
            yield Fault(message, alert.manifest, alert.rule["expr"])
