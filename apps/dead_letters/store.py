"""Storing dead letters, finding them again, and settling them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from apps.dead_letters.encoding import to_json
from apps.dead_letters.letter import DeadLetter
from apps.dead_letters.tables import letters


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which letters are meant: all that fit every part that is given."""

    ids: tuple[int, ...] = ()
    queue: str | None = None
    task: str | None = None
    cause: str | None = None
    older_than: timedelta | None = None
    newer_than: timedelta | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter in SQL. Age counts from the last death, where that is known, else from storing."""
        age = func.now() - func.coalesce(letters.c.last_died_at, letters.c.stored_at)
        wanted: list[ColumnElement[bool]] = []
        if self.ids:
            wanted.append(letters.c.id.in_(self.ids))
        for column, value in (
            (letters.c.queue, self.queue),
            (letters.c.task, self.task),
            (letters.c.cause, self.cause),
        ):
            if value is not None:
                wanted.append(column == value)
        if self.older_than is not None:
            wanted.append(age > self.older_than)
        if self.newer_than is not None:
            wanted.append(age < self.newer_than)
        return wanted

    @property
    def empty(self) -> bool:
        """Whether every letter is meant."""
        return self == Filter()


@dataclass(frozen=True, kw_only=True)
class Letter(DeadLetter):
    """A dead letter as it is stored."""

    id: int
    stored_at: datetime
    job_marked: bool
    state: str
    settled_at: datetime | None


_FAIL_JOB = text("SELECT waste.fail_job(:job, :reason, :detail)")
_COLUMNS = [column for column in letters.c if column.name not in {"fingerprint", "copy"}]


def add(connection: Connection, letter: DeadLetter, *, redelivered: bool) -> int | None:
    """Store `letter`; its new id, or None when it was stored before.

    Two messages that have no id of their own and look exactly the same are told apart by the broker's word
    for a first delivery.
    """
    nameless = letter.task_id is None and letter.properties.get("message_id") is None
    if redelivered or not nameless:
        return _insert(connection, letter, copy=literal(0))
    copies = select(func.count()).where(letters.c.fingerprint == letter.fingerprint).scalar_subquery()
    while (letter_id := _insert(connection, letter, copy=copies)) is None:
        pass  # another collector has just stored a twin: this one is the next copy
    return letter_id


def _insert(connection: Connection, letter: DeadLetter, *, copy: ColumnElement[int]) -> int | None:
    values = {
        column.name: getattr(letter, column.name)
        for column in _COLUMNS
        if column.name not in {"id", "stored_at", "job_marked", "state", "settled_at"}
    }
    values |= {"properties": to_json(letter.properties), "headers": to_json(letter.headers)}
    letter_id: int | None = connection.scalar(
        insert(letters)
        .values(**values, fingerprint=letter.fingerprint, copy=copy)
        .on_conflict_do_nothing()
        .returning(letters.c.id)
    )
    return letter_id


def fail_job(connection: Connection, letter_id: int, job_id: UUID, cause: str) -> str | None:
    """Mark the letter's job failed, within the caller's transaction; what hindered it, if anything did.

    A job that has ended, or that there is not, stays as it is. A hindrance undoes nothing else: the letter
    stays, and its job stays to be marked (`unmarked`).
    """
    try:
        with connection.begin_nested():
            connection.execute(_FAIL_JOB, failure(job_id, cause))
            connection.execute(update(letters).where(letters.c.id == letter_id).values(job_marked=True))
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return str(error.orig)
    return None


def failure(job_id: UUID, cause: str) -> dict[str, object]:
    """What waste.fail_job is told; the person who waits for the job reads the detail."""
    detail = "The analysis waited too long" if cause == "expired" else "The analysis failed"
    return {"job": job_id, "reason": f"task-{cause}", "detail": f"{detail}: take the photo once more."}


def reopen_job(connection: Connection, job_id: UUID) -> bool:
    """Put a failed job back to queued; False when it had not failed, or there is none."""
    return bool(connection.scalar(text("SELECT waste.requeue_job(:job)"), {"job": job_id}))


def close_job(connection: Connection, job_id: UUID, cause: str) -> None:
    """Mark a job failed again."""
    connection.execute(_FAIL_JOB, failure(job_id, cause))


def unmarked(connection: Connection, *, limit: int) -> list[Letter]:
    """Some stored letters whose jobs could not be marked yet: others each time, lest one hold up the rest."""
    return _read(
        connection.execute(
            select(*_COLUMNS)
            .where(letters.c.job_id.is_not(None), ~letters.c.job_marked, letters.c.state == "stored")
            .order_by(func.random())
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
    )


def find(connection: Connection, wanted: Filter, *, state: str | None, limit: int) -> list[Letter]:
    """The oldest `limit` letters that fit; of every state when `state` is None."""
    query = select(*_COLUMNS).where(*wanted.conditions()).order_by(letters.c.id).limit(limit)
    if state is not None:
        query = query.where(letters.c.state == state)
    return _read(connection.execute(query).all())


def take(connection: Connection, wanted: Filter, *, after: int) -> Letter | None:
    """The next stored letter that fits, locked until the transaction ends; letters in use are passed by."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(*wanted.conditions(), letters.c.state == "stored", letters.c.id > after)
        .order_by(letters.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).all()
    return _read(rows)[0] if rows else None


def settle(connection: Connection, letter_id: int, *, state: str) -> None:
    """Say that a letter was replayed or discarded."""
    connection.execute(
        update(letters)
        .where(letters.c.id == letter_id)
        .values(state=state, settled_at=func.clock_timestamp())
    )


def remove_settled(connection: Connection, *, older_than: timedelta, limit: int) -> int:
    """Remove up to `limit` letters that were settled longer ago; answers how many. One that waits stays."""
    due = (
        select(letters.c.id)
        .where(letters.c.settled_at < func.now() - older_than)
        .order_by(letters.c.settled_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(delete(letters).where(letters.c.id.in_(due.scalar_subquery()))).rowcount


def waiting(connection: Connection) -> int:
    """How many letters were neither replayed nor discarded."""
    return connection.scalar(select(func.count()).where(letters.c.state == "stored")) or 0


def _read(rows: Sequence[Row[Any]]) -> list[Letter]:
    return [Letter(**row._mapping) for row in rows]
