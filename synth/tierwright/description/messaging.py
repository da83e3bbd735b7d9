"""Task queues: one truth for the broker's definitions, the workers, the autoscaler and the alerts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tierwright.description.base import Described
from tierwright.description.fields import Cron, DottedName, Name, Seconds


class Task(Described):
    """A task that workers run."""

    seconds: Annotated[float, Field(gt=0)]
    """How long it is expected to run, in seconds."""
    schedule: Cron | None = None
    """When the scheduler sends it, in the platform's time zone; without one, apps send it."""


class Alert(Described):
    """Fires while the queue is too long."""

    above: Annotated[int, Field(ge=1)]
    """The number of waiting messages beyond which it fires."""
    severity: Literal["warning", "critical"]
    """What the alert is labelled with, for whoever routes it to people."""


class Queue(Described):
    """A quorum queue. One without a binding takes no tasks: it is the dead-letter queue."""

    max_length: Annotated[int, Field(ge=1)]
    """Messages that it holds; a publisher is refused beyond that."""
    priority: Annotated[int, Field(ge=0, le=999)] = 0
    """The class of service: added to the tier's priority for the workloads that consume it."""
    binding: str | None = None
    """The topic that the exchange routes here, for example `ai.#`; its first word begins the routing keys."""
    ttl: Seconds | None = None
    """How long a message may wait before it is dead-lettered."""
    retries: Annotated[int, Field(ge=0, le=100)] = 0
    """How often a failed task is tried again before it is dead-lettered."""
    time_limit: Seconds | None = None
    """How long one task may run before it is stopped; workers get this long to finish."""
    alert: Alert | None = None
    """The alert on its length."""
    tasks: dict[DottedName, Task] = {}
    """The tasks that travel by it; a routing key is the binding's first word and the task's name."""


class Messaging(Described):
    """The broker's topology: a topic exchange for tasks, a direct one for dead letters, the queues."""

    store: Name
    """The RabbitMQ store that carries it."""
    exchange: str
    """The topic exchange that tasks are published to."""
    dead_letter_exchange: str
    """The direct exchange that failed messages go to."""
    dead_letter_queue: str
    """The queue behind it; one of `queues`."""
    queues: dict[DottedName, Queue]
    """Every queue by name."""
