"""Task queues as the broker and the apps both know them: data from which the rest is derived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tiered.errors import TieredError
from tiered.origin import Origin


@dataclass(frozen=True, kw_only=True)
class Task:
    """One kind of work.

    Args:
        routing_key: what a publisher writes on the message; the queue's binding has to match it.
        seconds: how long it is expected to take.
        schedule: five crontab fields in the topology's time zone, if a scheduler sends it.
    """

    routing_key: str
    seconds: float
    schedule: str | None = None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue of tasks.

    Args:
        priority: service class, higher first. It ranks workers and messages; it never becomes
            `x-max-priority`, which quorum queues refuse or ignore.
        binding: pattern on the topic exchange; `*` is exactly one word, `#` any number.
        max_length: messages; beyond it a publish is refused.
        ttl_seconds: after which a waiting message is dead-lettered.
        delivery_limit: deliveries without an answer after which a message counts as poison.
        retries: how often an app tries a failed task again.
        time_limit_seconds: after which a worker gives a task up.
        tasks: by name.
    """

    name: str
    priority: int
    binding: str
    max_length: int
    ttl_seconds: int | None = None
    delivery_limit: int = 20
    retries: int = 0
    time_limit_seconds: int = 300
    tasks: Mapping[str, Task] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DeadLetters:
    """Where failed messages wait until they are collected: a direct exchange and its one queue."""

    exchange: str
    queue: str
    max_length: int

    @property
    def routing_key(self) -> str:
        """What failed messages carry and the queue is bound with: its own name."""
        return self.queue


@dataclass(frozen=True, kw_only=True)
class Topology:
    """All queues of one virtual host behind one topic exchange.

    Args:
        origin: where it is described; what is written of it remembers the place.

    Raises:
        TieredError: if two queues share a name, or the two exchanges do.
    """

    exchange: str
    queues: Sequence[Queue]
    dead_letters: DeadLetters
    virtual_host: str = "/"
    time_zone: str = "UTC"
    origin: Origin | None = None

    def __post_init__(self) -> None:
        names = Counter([*(queue.name for queue in self.queues), self.dead_letters.queue])
        for name, count in names.items():
            if count > 1:
                raise TieredError(
                    f"queue {name!r} is described {count} times: give each queue a name of its own"
                )
        if self.exchange == self.dead_letters.exchange:
            raise TieredError(
                f"exchange {self.exchange!r} is to take both tasks and dead letters, which would send failed"
                " messages round in circles: give the dead letters an exchange of their own"
            )

    @property
    def longest_seconds(self) -> int:
        """The longest that a worker may hold one message (0 without queues)."""
        return max((queue.time_limit_seconds for queue in self.queues), default=0)

    def document(self) -> dict[str, object]:
        """What the apps read, as `messaging.json`: the same truth from which the broker is configured."""
        return {
            "virtual_host": self.virtual_host,
            "exchange": self.exchange,
            "dead_letter": {
                "exchange": self.dead_letters.exchange,
                "queue": self.dead_letters.queue,
                "routing_key": self.dead_letters.routing_key,
            },
            "queues": {queue.name: _queue_document(queue) for queue in self.queues},
            "timezone": self.time_zone,
        }


def _queue_document(queue: Queue) -> dict[str, object]:
    return {
        "priority": queue.priority,
        "binding": queue.binding,
        "max_length": queue.max_length,
        "ttl_seconds": queue.ttl_seconds,
        "retries": queue.retries,
        "time_limit_seconds": queue.time_limit_seconds,
        "tasks": {
            name: {"routing_key": task.routing_key, "seconds": task.seconds, "schedule": task.schedule}
            for name, task in queue.tasks.items()
        },
    }
