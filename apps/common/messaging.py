"""The queues as the platform describes them, read from the mounted messaging.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError


class MessagingError(Exception):
    """The file of queues cannot be used, or a task is in none of them."""


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True)


class ScheduledTask(_Described):
    """A task of a queue."""

    routing_key: str
    seconds: float
    """How long it is expected to take."""
    schedule: str | None = None
    """When it is sent by itself, as five cron fields."""


class Queue(_Described):
    """A queue, with what its workers need to know of it."""

    priority: int
    binding: str
    max_length: int
    ttl_seconds: int
    retries: int
    """How often a failed task is tried again."""
    time_limit_seconds: int
    tasks: Mapping[str, ScheduledTask]


class DeadLetter(_Described):
    """Where messages go that no worker could deal with."""

    exchange: str
    queue: str
    routing_key: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """How a task travels: `queue` is its label in metrics, the rest is what a publisher needs."""

    task: str
    queue: str
    exchange: str
    routing_key: str
    priority: int
    retries: int
    time_limit_seconds: int
    ttl_seconds: int
    seconds: float


class Messaging(_Described):
    """The whole of messaging.json."""

    virtual_host: str
    exchange: str
    dead_letter: DeadLetter
    queues: Mapping[str, Queue]
    timezone: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """The description in `path`.

        Raises:
            MessagingError: there is no such file, or it does not hold what is expected.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise MessagingError(
                f"{path} cannot be read ({error.strerror}): mount the ConfigMap `messaging` there, or correct"
                " MESSAGING_FILE"
            ) from error
        except ValidationError as error:
            raise MessagingError(f"{path} does not describe queues: {error}") from error

    def task(self, name: str) -> Route:
        """How task `name` travels.

        Raises:
            MessagingError: no queue has such a task.
        """
        for queue_name, queue in self.queues.items():
            if (task := queue.tasks.get(name)) is not None:
                return Route(
                    task=name,
                    queue=queue_name,
                    exchange=self.exchange,
                    routing_key=task.routing_key,
                    priority=queue.priority,
                    retries=queue.retries,
                    time_limit_seconds=queue.time_limit_seconds,
                    ttl_seconds=queue.ttl_seconds,
                    seconds=task.seconds,
                )
        known = ", ".join(sorted(task for queue in self.queues.values() for task in queue.tasks))
        raise MessagingError(f"no queue has the task {name!r}; messaging.json knows {known}")
