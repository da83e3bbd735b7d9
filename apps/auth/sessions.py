"""Families of refresh tokens: a log-in begins one, each use exchanges its newest token for the next.

A token works once. What happens when one comes a second time:

* within `GRACE` of its first use, while its successor is unused and the family lives: somebody asked twice at
  once (two tabs, a retry). The first has won; the second is told so (`Superseded`) and gets nothing.
* later, or when the successor has been used: two parties hold the same token, and one of them stole it
  (`Reused`). The whole family ends, with the access tokens issued in it.

A thief gains nothing by the grace: whoever comes second gets no tokens, and comes again as reuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from apps.auth.access import AccessGrant
from apps.auth.providers import ProviderName
from apps.auth.tables import families, refresh_tokens

LIFETIME = timedelta(days=30)
"""Of a refresh token; each exchange begins it anew."""

GRACE = timedelta(seconds=10)

CONFIRMED_WITHIN = timedelta(minutes=10)
"""A family that its provider has not confirmed by then (task oauth.verify) is not continued."""

Reason = Literal["logout", "logout-all", "reuse", "unconfirmed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Granted:
    """The exchange was made: the new tokens are stored and may be handed out."""

    user: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Superseded:
    """Another exchange of the same token has just won."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """The token is unknown or has expired."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """The family is revoked, by this very use or since before.

    Attributes:
        reason: why; `reuse` is worth an alarm.
        grants: access tokens of the family that have not expired; they are to be revoked too.
    """

    reason: Reason
    user: UUID
    family: UUID
    grants: Sequence[AccessGrant]


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A family that lives."""

    id: UUID
    provider: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


# Each of these is one statement, because a round trip costs the service more than the database's work. What
# is referred to is looked up when the statement ends, so the order of its parts does not matter.
_OPEN = text("""
    WITH identity AS (
        INSERT INTO auth.identities (provider, subject, user_id) VALUES (:provider, :subject, :candidate)
        ON CONFLICT (provider, subject) DO UPDATE SET last_login_at = now() RETURNING user_id
    ), new_user AS (
        INSERT INTO auth.users (id) SELECT user_id FROM identity ON CONFLICT DO NOTHING
    ), new_family AS (
        INSERT INTO auth.families (id, user_id, provider, expires_at)
        SELECT :family, user_id, :provider, now() + :lifetime FROM identity
    ), new_token AS (
        INSERT INTO auth.refresh_tokens (digest, family_id, expires_at, access_id, access_expires_at)
        VALUES (:digest, :family, now() + :lifetime, :access_id, :access_expires_at)
    )
    SELECT user_id FROM identity
""")
_EXCHANGE = text("""
    WITH used AS (
        UPDATE auth.refresh_tokens SET used_at = clock_timestamp() WHERE digest = :used
    ), prolonged AS (
        UPDATE auth.families SET expires_at = now() + :lifetime WHERE id = :family
    ), swept AS (
        DELETE FROM auth.refresh_tokens WHERE family_id = :family AND expires_at < now()
    )
    INSERT INTO auth.refresh_tokens (digest, family_id, expires_at, access_id, access_expires_at)
    VALUES (:digest, :family, now() + :lifetime, :access_id, :access_expires_at)
""")


def digest_of(token: str) -> bytes:
    """What is stored of a refresh token."""
    return sha256(token.encode()).digest()


class Sessions:
    """The families, by the engine of role auth."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # One statement needs no transaction around it: that is two round trips less.
        self._at_once = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def open(
        self, provider: ProviderName, subject: str, *, login: UUID, digest: bytes, access: AccessGrant
    ) -> UUID:
        """Begin family `login` of `subject`, whom a first log-in makes a user; answer the user's id."""
        values = _new_token(login, digest, access) | {
            "provider": provider,
            "subject": subject,
            "candidate": uuid4(),
        }
        async with self._at_once.connect() as connection:
            user: UUID = (await connection.execute(_OPEN, values)).scalar_one()
        return user

    async def withdraw(self, login: UUID) -> None:
        """Undo `open`: nobody was given the tokens."""
        async with self._at_once.connect() as connection:
            await connection.execute(delete(families).where(families.c.id == login))

    async def owner(self, digest: bytes) -> UUID | None:
        """Whose refresh token it is; None when it is unknown."""
        query = select(families.c.user_id).join(refresh_tokens).where(refresh_tokens.c.digest == digest)
        async with self._at_once.connect() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def rotate(
        self, digest: bytes, *, successor: bytes, access: AccessGrant
    ) -> Granted | Superseded | Refused | Ended:
        """Exchange the token of `digest` for `successor`, issued together with `access`."""
        async with self._engine.begin() as connection:
            of_token = select(refresh_tokens.c.family_id).where(refresh_tokens.c.digest == digest)
            locked = select(families).where(families.c.id == of_token.scalar_subquery()).with_for_update()
            family = (await connection.execute(locked)).one_or_none()
            if family is None:
                return Refused()
            # Read after the lock: another exchange of this family may have ended while this one waited.
            token = (await connection.execute(_token_state(digest))).one()
            if family.revoked_at is not None:
                return await _end(connection, family.id, family.user_id, family.revoked_reason)
            if token.used_at is not None:
                if token.in_grace and not token.moved_on:
                    return Superseded()
                return await _end(connection, family.id, family.user_id, "reuse")
            if token.expired:
                return Refused()
            if family.confirmed_at is None and token.overdue:
                return await _end(connection, family.id, family.user_id, "unconfirmed")
            values = _new_token(family.id, successor, access) | {"used": digest}
            await connection.execute(_EXCHANGE, values)
            return Granted(user=family.user_id)

    async def end_of_token(self, access_id: UUID, user: UUID) -> Sequence[AccessGrant]:
        """Log out the family that access token `access_id` of `user` was issued in; answer its grants."""
        of_token = (
            select(refresh_tokens.c.family_id)
            .where(refresh_tokens.c.access_id == access_id)
            .scalar_subquery()
        )
        where = and_(families.c.id == of_token, families.c.user_id == user)
        async with self._engine.begin() as connection:
            return await _revoke(connection, where, "logout")

    async def end_all(self, user: UUID) -> Sequence[AccessGrant]:
        """Log out every family of `user`; answer their grants."""
        async with self._engine.begin() as connection:
            return await _revoke(connection, families.c.user_id == user, "logout-all")

    async def of_user(self, user: UUID) -> Sequence[Session]:
        """The families of `user` that live, the newest first."""
        last = (
            select(func.max(refresh_tokens.c.issued_at))
            .where(refresh_tokens.c.family_id == families.c.id)
            .scalar_subquery()
        )
        query = (
            select(families.c.id, families.c.provider, families.c.created_at, last, families.c.expires_at)
            .where(
                families.c.user_id == user,
                families.c.revoked_at.is_(None),
                families.c.expires_at > func.now(),
            )
            .order_by(families.c.created_at.desc())
            .limit(100)
        )
        async with self._at_once.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Session(id=row[0], provider=row[1], created_at=row[2], last_used_at=row[3], expires_at=row[4])
            for row in rows
        ]

    async def sweep(self, *, limit: int = 1000) -> int:
        """Remove up to `limit` families that have expired, with their tokens; answer how many."""
        due = (
            select(families.c.id)
            .where(families.c.expires_at < func.now())
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._engine.begin() as connection:
            gone = await connection.execute(
                delete(families).where(families.c.id.in_(due.scalar_subquery())).returning(families.c.id)
            )
            return len(gone.all())


def _token_state(digest: bytes) -> Select[datetime | None, bool, bool, bool, bool]:
    later = refresh_tokens.alias("later")
    moved_on = exists().where(
        later.c.family_id == refresh_tokens.c.family_id, later.c.used_at > refresh_tokens.c.used_at
    )
    return (
        select(
            refresh_tokens.c.used_at,
            (refresh_tokens.c.used_at > func.clock_timestamp() - GRACE).label("in_grace"),
            moved_on.label("moved_on"),
            (refresh_tokens.c.expires_at <= func.now()).label("expired"),
            (families.c.created_at < func.now() - CONFIRMED_WITHIN).label("overdue"),
        )
        .join(families)
        .where(refresh_tokens.c.digest == digest)
    )


def _new_token(family: UUID, digest: bytes, access: AccessGrant) -> dict[str, object]:
    return {
        "family": family,
        "digest": digest,
        "lifetime": LIFETIME,
        "access_id": access.id,
        "access_expires_at": access.expires_at,
    }


async def _end(connection: AsyncConnection, family: UUID, user: UUID, reason: Reason) -> Ended:
    grants = await _revoke(connection, families.c.id == family, reason)
    return Ended(reason=reason, user=user, family=family, grants=grants)


async def _revoke(
    connection: AsyncConnection, where: ColumnElement[bool], reason: Reason
) -> Sequence[AccessGrant]:
    """Revoke families, and answer the access tokens of all they hold, of those revoked before too.

    So a second try finds the same grants, when the first could not reach Redis.
    """
    # In one order, and before any change: two of these at once must not wait for each other.
    found = select(families.c.id).where(where).order_by(families.c.id).with_for_update()
    ids = (await connection.scalars(found)).all()
    await connection.execute(
        update(families)
        .where(families.c.id.in_(ids), families.c.revoked_at.is_(None))
        .values(revoked_at=func.now(), revoked_reason=reason)
    )
    living = select(refresh_tokens.c.access_id, refresh_tokens.c.access_expires_at).where(
        refresh_tokens.c.family_id.in_(ids), refresh_tokens.c.access_expires_at > datetime.now(UTC)
    )
    return [AccessGrant(id=row[0], expires_at=row[1]) for row in await connection.execute(living)]
