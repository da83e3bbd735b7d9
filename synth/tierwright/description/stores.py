"""Stateful services that the platform runs itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from tiered.quantity import parse
from tierwright.description.base import Described
from tierwright.description.fields import Form, ImageReference, Name, Quantity, Size


class Amounts(Described):
    """Requests and limits of one container, of one replica."""

    requests: dict[Literal["cpu", "memory", "ephemeral-storage"], Quantity]
    """What the scheduler sets aside for it."""
    limits: dict[Literal["cpu", "memory", "ephemeral-storage"], Quantity]
    """What it may use at most."""

    @model_validator(mode="after")
    def _within(self) -> Amounts:
        for resource, request in self.requests.items():
            limit = self.limits.get(resource)
            if limit is not None and parse(request) > parse(limit):
                told = f"requests {request} {resource} and is limited to {limit}"
                raise ValueError(f"{told}; raise the limit or lower the request: Kubernetes refuses it so")
        return self


class _Store(Described):
    namespace: Name
    """The namespace it runs in; with it, its tier."""
    image: ImageReference
    """The image, with its registry: registry/repository:tag, and @sha256:… where the digest is known."""
    user: Annotated[int, Field(ge=1)]
    """The numeric user that the image runs as."""
    resources: Amounts
    """Of each replica."""
    network_policy: Name | None = None
    """The name of the NetworkPolicy that fences it off, where the store's own name is not wanted."""


class RabbitMQ(_Store):
    """A RabbitMQ cluster of quorum queues."""

    type: Literal["rabbitmq"]
    """The kind of store."""
    replicas: Annotated[int, Field(ge=1, le=9)] = 3
    """Brokers; a quorum of them must be up."""
    volume: Size
    """The size of each broker's volume."""


def _form_of_reads(value: object) -> str | None:
    return "all" if value == "all" else "schemas" if isinstance(value, list | tuple) else None


Reads = Annotated[
    Annotated[Literal["all"], Tag("all")] | Annotated[tuple[Name, ...], Tag("schemas")],
    Discriminator(
        _form_of_reads,
        custom_error_type="neither",
        custom_error_message="is neither all nor a list of schemas; write all, or for example [auth, users]",
    ),
]


class DatabaseRole(Described):
    """A login of the database."""

    schema_: Annotated[Name | None, Field(alias="schema")] = None
    """The schema that it owns."""
    reads: Reads = ()
    """Schemas whose granted views it reads, or `all`: everything, for backups."""
    connections: Annotated[int, Field(ge=1)] = 10
    """Connections that it may hold open at once."""


class Backup(Described):
    """How the data gets to a safe place: by a task here, or by somebody outside."""

    task: str | None = None
    """The scheduled task that writes it somewhere else."""
    outside: str | None = None
    """Who backs it up instead, and how, in a sentence."""

    @model_validator(mode="after")
    def _one_way(self) -> Backup:
        if (self.task is None) == (self.outside is None):
            raise ValueError("needs one way; write either task or outside (who backs it up, and how)")
        return self


class PostgreSQL(_Store):
    """One PostgreSQL server with a schema and a role a service."""

    type: Literal["postgres"]
    """The kind of store."""
    volume: Size
    """The size of its volume."""
    database: Annotated[
        str,
        Form(
            r"^[a-z_][a-z0-9_]*$",
            "is not a database; write small letters, digits and underscores, for example shop",
        ),
    ]
    """The database that holds all schemas."""
    exporter: ImageReference | None = None
    """The image of postgres_exporter, which runs beside the server; without one it has no metrics."""
    max_connections: Annotated[int, Field(ge=10)] = 100
    """Connections that the server takes in all."""
    read_replicas: Annotated[int, Field(ge=0, le=5)] = 0
    """Standbys that answer reads; its callers find them by <STORE>_READ_HOST."""
    roles: dict[Name, DatabaseRole]
    """Its logins; workloads call it as <store>/<role>."""
    backup: Backup
    """How it is backed up."""


class Redis(_Store):
    """One Redis server. Eviction belongs to the whole instance, so what may be evicted needs its own."""

    type: Literal["redis"]
    """The kind of store."""
    replicas: Literal[1, 3] = 1
    """Servers; of three, sentinels choose a new master when theirs is gone, and callers ask them for it."""
    eviction: Literal[
        "noeviction",
        "allkeys-lru",
        "allkeys-lfu",
        "allkeys-random",
        "volatile-lru",
        "volatile-lfu",
        "volatile-ttl",
    ]
    """What happens to keys when the memory is full (Redis's maxmemory-policy)."""
    exporter: ImageReference | None = None
    """The image of redis_exporter, which runs beside the server; without one it has no metrics."""
    holds: tuple[str, ...] = ()
    """What is kept in it, in words; results, progress and the like must never be evicted."""
    hits: dict[Name, Annotated[int, Field(ge=1, le=99)]] = {}
    """Caches in it, by the name in their metrics, with the percentage of look-ups that should hit."""
    volume: Size | None = None
    """The size of the volume for its append-only file; without one, a restart empties it."""

    @model_validator(mode="after")
    def _replicas_keep(self) -> Redis:
        if self.replicas > 1 and self.volume is None:
            raise ValueError("has replicas and nothing to keep their role on; give it a volume")
        return self


Store = Annotated[RabbitMQ | PostgreSQL | Redis, Field(discriminator="type")]
