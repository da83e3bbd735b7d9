"""References inside platform.yaml: tiers, queues, stores, waivers."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tierwright.description.checks.naming import all_known, place, twice, unknown
from tierwright.description.messaging import Messaging
from tierwright.description.platform import Platform
from tierwright.description.problems import Problem
from tierwright.description.stores import PostgreSQL, RabbitMQ


def namespaces(platform: Platform) -> set[str]:
    """All namespaces that some tier owns."""
    return {name for tier in platform.tiers.values() for name in tier.namespaces}


def check(platform: Platform) -> Iterator[Problem]:
    """Every reference that platform.yaml makes to itself, apart from environments."""
    yield from _tiers(platform)
    yield from _timezone(platform)
    if platform.messaging is not None:
        yield from _messaging(platform.messaging, platform)
    owned = namespaces(platform)
    for inhabitant in (*platform.stores.values(), *platform.components.values()):
        yield from all_known("namespace", [inhabitant.namespace], owned, near=inhabitant.origin)
    for store in platform.stores.values():
        if isinstance(store, PostgreSQL):
            yield from _database(store, platform)
    for waiver in platform.waivers:
        yield from all_known("environment", waiver.environments, platform.environments, near=waiver.origin)


def _tiers(platform: Platform) -> Iterator[Problem]:
    tiers = platform.tiers.values()
    numbers = ((str(tier.number), place(tier.number, tier.origin)) for tier in tiers)
    yield from twice("tier number", numbers, mend="give one of the two tiers another number")
    owned = ((name, place(name, tier.origin)) for tier in tiers for name in tier.namespaces)
    yield from twice("namespace", owned, mend="leave it in one tier: a namespace belongs to exactly one")


def _timezone(platform: Platform) -> Iterator[Problem]:
    try:
        ZoneInfo(platform.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if not available_timezones():
            return  # this machine has no time zone database to look it up in
        mend = "write a name of the IANA database, for example Asia/Seoul or UTC"
        where = place(platform.timezone, platform.origin)
        yield Problem.at(where, f"{platform.timezone!r} is no time zone", mend)


def _messaging(messaging: Messaging, platform: Platform) -> Iterator[Problem]:
    brokers = [name for name, store in platform.stores.items() if isinstance(store, RabbitMQ)]
    yield from all_known("RabbitMQ store", [messaging.store], brokers, near=messaging.origin)
    yield from all_known("queue", [messaging.dead_letter_queue], messaging.queues, near=messaging.origin)
    tasks = ((task, place(task, queue.origin)) for queue in messaging.queues.values() for task in queue.tasks)
    yield from twice("task", tasks, mend="leave it in one queue, or give one of the two another name")
    for name, queue in messaging.queues.items():
        where = place(name, queue.origin)
        if queue.binding is None and messaging.dead_letter_queue in {*messaging.queues} - {name}:
            reason = f"queue {name!r} has no binding: no task reaches it"
            yield Problem.at(where, reason, "add a binding, for example `binding: ai.#`")
        if queue.tasks and queue.time_limit is None:
            reason = f"queue {name!r} has tasks and no time_limit: a task that hangs would hold its worker"
            yield Problem.at(where, reason, "add a time limit, for example `time_limit: 300s`")


def _database(store: PostgreSQL, platform: Platform) -> Iterator[Problem]:
    schemas = {role.schema_ for role in store.roles.values() if role.schema_}
    for role in store.roles.values():
        if role.reads != "all":
            yield from all_known("schema", role.reads, schemas, near=role.origin)
    queues = platform.messaging.queues.values() if platform.messaging else ()
    tasks = {name: task for queue in queues for name, task in queue.tasks.items()}
    wanted = store.backup.task
    if wanted is None:
        return
    if wanted not in tasks:
        yield unknown("task", wanted, tasks, near=store.backup.origin)
    elif tasks[wanted].schedule is None:
        reason = f"task {wanted!r} backs a database up, and nothing ever starts it"
        mend = 'add a schedule to the task, for example `schedule: "0 2 * * *"`'
        yield Problem.at(tasks[wanted].origin, reason, mend)
