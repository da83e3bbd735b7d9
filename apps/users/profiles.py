"""Profiles in the database, and the end of an account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from apps.common.jobs.progress import content_key, job_key
from apps.common.jobs.result import result_key
from apps.users.profile import Preferences, Profile, ProfileChange
from apps.users.tables import profiles, versions

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
        self._at_once = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._redis = redis

    async def of(self, user: UUID) -> Versioned:
        """The user's profile, made at first sight.

        Raises:
            AccountDeletedError: there is none any more.
        """
        async with self._at_once.connect() as connection:
            found = await _read(connection, user)
        if found is not None:
            return found
        async with self._engine.begin() as connection:
            await _lock(connection, user)
            made = (await connection.execute(_MAKE, {"user": user})).mappings().one_or_none()
            found = await _read(connection, user) if made is None else _versioned(made)
        if found is None:
            raise AccountDeletedError
        return found

    async def change(
        self, user: UUID, change: ProfileChange, *, require: Callable[[int | None], object]
    ) -> Versioned:
        """The profile after `change`, made at first sight as well.

        Args:
            require: is given the version, None where there is no profile yet, and raises when it may not be
                changed: nothing has been written by then.

        Raises:
            AccountDeletedError: there is none any more.
        """
        while True:
            async with self._at_once.connect() as connection:
                found = await _read(connection, user)
            require(None if found is None else found.version)
            changed = await self._replace(user, found or await self.of(user), change)
            if changed is not None:
                return changed  # else another request was first: its version may be required, or refused

    async def _replace(self, user: UUID, former: Versioned, change: ProfileChange) -> Versioned | None:
        """The profile after `change` of what was read; None when that is not its version any more."""
        profile = former.profile.with_change(change)
        statement = (
            update(profiles)
            .where(profiles.c.user_id == user, profiles.c.version == former.version)
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
        async with self._at_once.connect() as connection:
            changed = (await connection.execute(statement)).mappings().one_or_none()
        return None if changed is None else _versioned(changed)

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
            jobs: Sequence[UUID] = (await connection.execute(_END, {"user": user})).scalar_one()
            await self._redis.set(f"revoked:user:{user}", b"1", ex=REVOKED_SECONDS)
            await self._forget(jobs)

    async def _forget(self, jobs: Sequence[UUID]) -> None:
        """Remove what Redis holds of jobs; if they stay after all, it is read from the database again."""
        for start in range(0, len(jobs), _JOBS_AT_ONCE):
            some = jobs[start : start + _JOBS_AT_ONCE]
            keys = [key(job) for job in some for key in (job_key, result_key, content_key)]
            await self._redis.unlink(*keys)


_JOBS_AT_ONCE = 500

# Nothing is made for whom there is a profile already, or was one until lately.
_MAKE = text("""
    INSERT INTO users.profiles (user_id)
    SELECT :user WHERE NOT EXISTS (SELECT FROM users.deletions WHERE user_id = :user)
    ON CONFLICT (user_id) DO NOTHING RETURNING *
""")
_END = text("""
    WITH forgotten AS (
        DELETE FROM users.deletions WHERE deleted_at < now() - interval '1 day' AND user_id <> :user
    ), noted AS (
        INSERT INTO users.deletions (user_id) VALUES (:user) ON CONFLICT DO NOTHING
    ), gone AS (
        DELETE FROM users.profiles WHERE user_id = :user
    )
    SELECT ARRAY(SELECT waste.delete_user(:user)) FROM auth.delete_user(:user)
""")
"""Answers the jobs that there were."""


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
