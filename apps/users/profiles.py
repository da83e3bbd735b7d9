"""Profiles in the database, and the end of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import RowMapping, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from apps.common.jobs.progress import content_key, job_key
from apps.common.jobs.result import result_key
from apps.users.profile import Preferences, Profile, ProfileChange
from apps.users.tables import deletions, profiles, versions

REVOKED_SECONDS = 15 * 60 + 15
"""An access token lives for 15 minutes, and verifiers' clocks may differ: longer nobody need be listed."""


class AccountDeletedError(Exception):
    """The account was deleted after the request had been let in."""


@dataclass(frozen=True, slots=True)
class Versioned:
    """A profile and the number of its version."""

    profile: Profile
    version: int


class Profiles:
    """Reads, changes and deletes profiles, each by its user's id alone."""

    def __init__(self, engine: AsyncEngine, redis: Redis) -> None:
        self._engine = engine
        # One statement needs no transaction around it: that is two round trips less.
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._redis = redis

    async def find(self, user: UUID) -> Versioned | None:
        """The user's profile, if it has been made."""
        async with self._reading.connect() as connection:
            return await _read(connection, user)

    async def of(self, user: UUID) -> Versioned:
        """The user's profile, made at first sight.

        Raises:
            AccountDeletedError: there is none any more.
        """
        found = await self.find(user)
        if found is not None:
            return found
        async with self._engine.begin() as connection:
            return await _made(connection, user)

    async def change(self, user: UUID, change: ProfileChange, *, expected: int) -> Versioned | None:
        """The profile after `change`; None when its version is not the expected one any more.

        Raises:
            AccountDeletedError: there is none any more.
        """
        async with self._engine.begin() as connection:
            found = await _made(connection, user)
            if found.version != expected:
                return None
            profile = found.profile.with_change(change)
            statement = (
                update(profiles)
                .where(profiles.c.user_id == user)
                .values(
                    display_name=profile.display_name,
                    language=profile.language,
                    region_code=profile.region_code,
                    preferences=profile.preferences.model_dump(mode="json"),
                    version=versions.next_value(),
                    updated_at=func.now(),
                )
                .returning(profiles)
            )
            return _versioned((await connection.execute(statement)).mappings().one())

    async def end(self, user: UUID) -> None:
        """Delete the account with all that belongs to it, in all schemas, and refuse its tokens everywhere.

        The tokens are refused before the deletion is committed. A crash in between leaves an account that
        is whole, to be deleted again after the next log-in, and tokens that do not work; the other way round
        it would leave tokens that work for an account that is gone.

        Raises:
            redis.exceptions.RedisError: the tokens cannot be refused: nothing has been deleted.
        """
        async with self._engine.begin() as connection:
            await _lock(connection, user)
            await connection.execute(delete(deletions).where(deletions.c.deleted_at < _DAY_AGO))
            await connection.execute(insert(deletions).values(user_id=user).on_conflict_do_nothing())
            await connection.execute(delete(profiles).where(profiles.c.user_id == user))
            jobs = (await connection.scalars(text("SELECT waste.delete_user(:user)"), {"user": user})).all()
            await connection.execute(text("SELECT auth.delete_user(:user)"), {"user": user})
            await self._redis.set(f"revoked:user:{user}", b"1", ex=REVOKED_SECONDS)
            await self._forget(jobs)

    async def _forget(self, jobs: Sequence[UUID]) -> None:
        """Remove what Redis holds of jobs; if they stay after all, it is read from the database again."""
        for start in range(0, len(jobs), _JOBS_AT_ONCE):
            some = jobs[start : start + _JOBS_AT_ONCE]
            keys = [key(job) for job in some for key in (job_key, result_key, content_key)]
            await self._redis.unlink(*keys)


_JOBS_AT_ONCE = 500
_DAY_AGO = text("now() - interval '1 day'")


async def _lock(connection: AsyncConnection, user: UUID) -> None:
    """Wait for who else makes, changes or deletes this user's profile."""
    key = f"users:{user}"
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def _read(connection: AsyncConnection, user: UUID) -> Versioned | None:
    row = (
        (await connection.execute(select(profiles).where(profiles.c.user_id == user)))
        .mappings()
        .one_or_none()
    )
    return None if row is None else _versioned(row)


async def _made(connection: AsyncConnection, user: UUID) -> Versioned:
    """The profile, made if need be, and nobody else's to change until the transaction ends."""
    await _lock(connection, user)
    found = await _read(connection, user)
    if found is not None:
        return found
    gone = select(deletions.c.user_id).where(deletions.c.user_id == user)
    if (await connection.execute(gone)).one_or_none() is not None:
        raise AccountDeletedError
    made = await connection.execute(insert(profiles).values(user_id=user).returning(profiles))
    return _versioned(made.mappings().one())


def _versioned(row: RowMapping) -> Versioned:
    stored: dict[str, Any] = row["preferences"]
    # What an older version of the app stored and this one does not know is left out.
    preferences = Preferences(
        **{name: value for name, value in stored.items() if name in Preferences.model_fields}
    )
    profile = Profile(
        id=row["user_id"],
        display_name=row["display_name"],
        language=row["language"],
        region_code=row["region_code"],
        preferences=preferences,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
    return Versioned(profile, row["version"])
