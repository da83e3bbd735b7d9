"""What an app declares in its app.yaml: its workloads and whom they talk to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tierwright.description.base import Described
from tierwright.description.fields import Form, Name, Port, Quantity, RoutePath, VariableName
from tierwright.description.stores import Amounts
from tierwright.description.tiers import Rollout

Command = Annotated[tuple[str, ...], Field(min_length=1)]


class QueueTarget(Described):
    """Scales by the length of a queue."""

    name: str
    """The queue; one that this worker consumes."""
    messages: Annotated[int, Field(ge=1)]
    """Waiting messages that one replica is there for."""


class Replicas(Described):
    """How many pods; where max exceeds min, by CPU utilisation or by a queue's length."""

    min: Annotated[int, Field(ge=1)] = 1
    """Pods that always run."""
    max: Annotated[int, Field(ge=1)] | None = None
    """Pods that it may grow to; as many as min where it is absent."""
    cpu: Annotated[int, Field(ge=1, le=100)] | None = None
    """Grow beyond this use of the requested CPU, in percent."""
    queue: QueueTarget | None = None
    """Grow with this queue."""

    @property
    def most(self) -> int:
        return self.min if self.max is None else self.max

    @model_validator(mode="after")
    def _scaled_by_one(self) -> Replicas:
        if self.most < self.min:
            raise ValueError(f"has max {self.max} below min {self.min}; raise max or lower min")
        if self.most > self.min and self.cpu is None and self.queue is None:
            raise ValueError(
                "may grow, but not by what; add `cpu: 70` (percent) or `queue: {name: …, messages: 10}`"
            )
        if self.cpu is not None and self.queue is not None:
            raise ValueError("grows by cpu and by queue at once; remove one of the two")
        return self


class SecretFiles(Described):
    """Keys of a Secret that are mounted as files, renewed while the pod runs."""

    path: Annotated[
        str, Form(r"^/[A-Za-z0-9/._-]+$", "is not an absolute path; write for example /etc/token-keys")
    ]
    """The folder that holds the files."""
    keys: Annotated[tuple[str, ...], Field(min_length=1)]
    """The keys; each becomes a file of that name."""


class _Runnable(Described):
    command: Command
    """The program and its arguments, an item each."""
    resources: Amounts
    """Of each replica."""
    calls: tuple[str, ...] = ()
    """Whom it talks to: a workload, <postgres>/<role>, another store, an external, a component's pod."""
    variables: dict[VariableName, str] = {}
    """Environment variables beside those of what it calls; {host} and the like are filled in."""
    secrets: tuple[VariableName, ...] = ()
    """Environment variables that come from a Secret, apart from those of what it calls."""
    secret_files: dict[Name, SecretFiles] = {}
    """Secrets that are mounted as files."""
    scratch: Quantity = "64Mi"
    """The size of /tmp, the only folder that it may write to."""


class _Workload(_Runnable):
    publishes: tuple[str, ...] = ()
    """The queues that it sends tasks to."""
    connections: Annotated[int, Field(ge=1)] | None = None
    """Connections that each of its processes may hold open to a database, by the first role it calls."""
    rollout: Rollout | None = None
    """How it is updated, where its tier's way does not fit."""


class Api(_Workload):
    """An HTTP service."""

    kind: Literal["api"]
    """The kind of workload."""
    port: Port = 8000
    """The port that it listens on."""
    route: RoutePath | None = None
    """The path prefix that leads to it from outside."""
    replicas: Replicas = Replicas()
    """How many pods, and how it grows."""
    rps: Annotated[int, Field(ge=1)] | None = None
    """Requests a second that one replica is made for."""


class Worker(_Workload):
    """A Celery worker; `--pool`, `--concurrency` and `--queues` are added to its command."""

    kind: Literal["worker"]
    """The kind of workload."""
    pool: Literal["gevent", "prefork", "threads"]
    """Celery's pool: gevent or threads for tasks that wait, prefork for tasks that compute."""
    concurrency: Annotated[int, Field(ge=1)]
    """Tasks that one replica runs at once."""
    consumes: Annotated[tuple[str, ...], Field(min_length=1)]
    """The queues whose tasks it runs."""
    metrics: Port = 9090
    """The port that serves its metrics."""
    replicas: Replicas = Replicas()
    """How many pods, and how it grows."""


class Scheduler(_Workload):
    """Celery beat: sends the scheduled tasks."""

    kind: Literal["scheduler"]
    """The kind of workload."""
    metrics: Port = 9090
    """The port that serves its metrics."""
    replicas: Annotated[int, Field(ge=1)] = 1
    """How many pods; two schedulers would send every task twice."""


class Consumer(_Workload):
    """A process that reads queues by itself, without Celery."""

    kind: Literal["consumer"]
    """The kind of workload."""
    consumes: Annotated[tuple[str, ...], Field(min_length=1)]
    """The queues that it reads."""
    metrics: Port = 9090
    """The port that serves its metrics."""
    replicas: Annotated[int, Field(ge=1)] = 1
    """How many pods."""


class Migration(_Runnable):
    """Runs before the app's workloads at every sync."""

    timeout: Annotated[int, Field(ge=1)] = 600
    """Seconds after which it has failed."""


Workload = Annotated[Api | Worker | Scheduler | Consumer, Field(discriminator="kind")]


class App(Described):
    """One app: one image, one namespace, its workloads."""

    app: Name
    """Its name, and that of its image."""
    namespace: Name
    """Where its workloads run; with it, their tier."""
    workloads: Annotated[dict[Name, Workload], Field(min_length=1)]
    """What runs of it; a name is unique in the whole platform."""
    migration: Migration | None = None
    """The job that brings its database up to date first."""
