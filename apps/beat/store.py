"""Reading and writing the stored schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from apps.beat.tables import schedule
from apps.common.messaging import Messaging


class UnknownTaskError(Exception):
    """The stored schedule has no such task."""


@dataclass(frozen=True)
class Entry:
    """A scheduled task as it is stored."""

    task: str
    cron: str
    timezone: str
    paused: bool
    last_due_at: datetime
    last_sent_at: datetime | None
    last_task_id: UUID | None
    requested_at: datetime | None


def planned(messaging: Messaging) -> Mapping[str, str]:
    """Each task that the platform's description gives a schedule, with its cron fields."""
    return {
        name: task.schedule
        for queue in messaging.queues.values()
        for name, task in queue.tasks.items()
        if task.schedule is not None
    }


def synchronise(connection: Connection, messaging: Messaging) -> None:
    """Make the stored schedule the described one, within the caller's transaction.

    What is kept: last runs and pauses. A task that is new, or due at other times than before, counts as sent
    up to now: a change of plan makes nothing due that was not.
    """
    plan = planned(messaging)
    connection.execute(delete(schedule).where(schedule.c.task.not_in(plan)))
    if not plan:
        return
    offered = insert(schedule).values(
        [{"task": task, "cron": cron, "timezone": messaging.timezone} for task, cron in plan.items()]
    )
    connection.execute(
        offered.on_conflict_do_update(
            index_elements=[schedule.c.task],
            set_={
                "cron": offered.excluded.cron,
                "timezone": offered.excluded.timezone,
                "last_due_at": func.now(),
            },
            where=or_(
                schedule.c.cron != offered.excluded.cron, schedule.c.timezone != offered.excluded.timezone
            ),
        )
    )


def entries(connection: Connection) -> list[Entry]:
    """The whole schedule, by task."""
    rows = connection.execute(select(schedule).order_by(schedule.c.task)).mappings()
    return [Entry(**row) for row in rows]


def locked(connection: Connection, task: str) -> Entry | None:
    """The entry of `task`, which nobody else changes until the transaction ends."""
    row = (
        connection.execute(select(schedule).where(schedule.c.task == task).with_for_update())
        .mappings()
        .one_or_none()
    )
    return None if row is None else Entry(**row)


def sent(
    connection: Connection, entry: Entry, *, task_id: UUID, due_at: datetime | None, sent_at: datetime
) -> None:
    """Store that `entry` was sent: for its planned time `due_at`, or (None) because it was asked for."""
    values: dict[str, object] = {"last_sent_at": sent_at, "last_task_id": task_id}
    values |= {"requested_at": None} if due_at is None else {"last_due_at": due_at}
    connection.execute(update(schedule).where(schedule.c.task == entry.task).values(values))


def pause(connection: Connection, task: str) -> None:
    """Send `task` no more until it is resumed.

    Raises:
        UnknownTaskError: there is none of that name.
    """
    _change(connection, task, {"paused": True})


def resume(connection: Connection, task: str) -> None:
    """Send `task` again from its next planned time on; what it missed while paused stays missed.

    Raises:
        UnknownTaskError: there is none of that name.
    """
    _change(connection, task, {"paused": False, "last_due_at": func.now()})


def request(connection: Connection, task: str) -> None:
    """Have `task` sent as soon as possible, beside its plan, paused or not.

    Raises:
        UnknownTaskError: there is none of that name.
    """
    _change(connection, task, {"requested_at": func.clock_timestamp()})


def _change(connection: Connection, task: str, values: Mapping[str, object]) -> None:
    changed = connection.execute(
        update(schedule).where(schedule.c.task == task).values(values).returning(schedule.c.task)
    ).one_or_none()
    if changed is None:
        known = ", ".join(connection.scalars(select(schedule.c.task).order_by(schedule.c.task)))
        raise UnknownTaskError(f"the stored schedule has no task {task!r}; it has {known or 'none yet'}")
