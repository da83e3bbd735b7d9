"""The broker's queues, exchanges and accounts, from the description's messaging and its apps."""

from __future__ import annotations

from tiered.messaging.accounts import Account
from tiered.messaging.topology import DeadLetters, Queue, Task, Topology
from tierwright.compose.flows import uses_broker
from tierwright.compose.plan import Plan, consumes
from tierwright.description.messaging import Messaging
from tierwright.description.messaging import Queue as DescribedQueue

ADMINISTRATOR = "admin"


def topology(plan: Plan, messaging: Messaging) -> Topology:
    """The virtual host that the definitions import and the apps read."""
    dead = messaging.dead_letter_queue
    return Topology(
        exchange=messaging.exchange,
        queues=[
            _queue(name, queue, queue.binding)
            for name, queue in messaging.queues.items()
            if queue.binding is not None and name != dead
        ],
        dead_letters=DeadLetters(
            exchange=messaging.dead_letter_exchange,
            queue=dead,
            max_length=messaging.queues[dead].max_length,
        ),
        time_zone=plan.platform.timezone,
        origin=messaging.origin,
    )


def _queue(name: str, queue: DescribedQueue, binding: str) -> Queue:
    word = binding.partition(".")[0]
    return Queue(
        name=name,
        priority=queue.priority,
        binding=binding,
        max_length=queue.max_length,
        ttl_seconds=queue.ttl,
        retries=queue.retries,
        time_limit_seconds=queue.time_limit or 0,
        tasks={
            task: Task(routing_key=f"{word}.{task}", seconds=details.seconds, schedule=details.schedule)
            for task, details in queue.tasks.items()
        },
    )


def accounts(plan: Plan) -> list[Account]:
    """An account for each workload that talks to the broker, with its rights, and one for people."""
    talking = [
        Account(name=name, publishes=workload.publishes, consumes=consumes(workload))
        for name, (_, workload) in sorted(plan.workloads.items())
        if uses_broker(plan, name)
    ]
    return [Account(name=ADMINISTRATOR, administers=True), *talking]
