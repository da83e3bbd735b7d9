"""A task's routing key does not come to its queue alone.

## What it does
Matches the routing key of every task in `messaging.json` against the bindings of topic exchanges,
as AMQP does: `*` is exactly one word, `#` any number.

## Why is this bad
An unroutable message is dropped in silence; one that comes to two queues is done twice.

## Example
```json
{"source": "tasks", "destination": "q.api", "routing_key": "api.*"}
```
does not match `api.map.search`.

## Use instead
```json
{"source": "tasks", "destination": "q.api", "routing_key": "api.#"}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import Broker, Task, brokers


@rule(
    needs=(MESSAGES,), severity=Severity.ERROR, remediation="Bind the queue with a pattern such as `word.#`."
)
def check(context: Context) -> Iterator[Fault]:
    """Reports tasks that come to no queue or to another one."""
    for broker in brokers(context.index):
        topics = [binding for binding in broker.bindings if binding.kind == "topic"]
        if not topics:
            continue
        for task in broker.tasks:
            reached = {binding.queue for binding in topics if binding.matches(task.routing_key)}
            if task.queue not in reached:
                message = f"{task.name} ({task.routing_key}) never comes to {task.queue}"
                hint = _hint(broker, task)
                yield broker.fault(f"{message}{hint}", queue=task.queue)
            for other in sorted(reached - {task.queue}):
                message = f"{task.name} ({task.routing_key}) comes to {other} too"
                yield broker.fault(message, queue=task.queue)


def _hint(broker: Broker, task: Task) -> str:
    patterns = [
        binding.key
        for binding in broker.bindings
        if binding.queue == task.queue and "*" in binding.key.split(".")
    ]
    return f": in {patterns[0]} `*` is exactly one word" if patterns else ""
