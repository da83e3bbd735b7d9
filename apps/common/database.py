"""PostgreSQL: engines with the limits that a service needs."""

from __future__ import annotations

from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from apps.common.settings import PostgresSettings

_STATEMENT_SECONDS = 10
_CONNECT_SECONDS = 3


def url(settings: PostgresSettings) -> URL:
    """The address, password included: never log it (its text hides the password, `str` too)."""
    return URL.create(
        "postgresql+psycopg",
        username=settings.user,
        password=settings.password.get_secret_value(),
        host=settings.host,
        port=settings.port,
        database=settings.database,
    )


def connect_arguments(application: str, statement_seconds: int) -> dict[str, str | int]:
    """How every connection is made: who it says it is, and when it gives up."""
    return {
        "application_name": application,
        "connect_timeout": _CONNECT_SECONDS,
        "options": f"-c statement_timeout={statement_seconds * 1000} -c lock_timeout=5000 -c timezone=UTC",
        # A peer that vanished without a word is noticed within a quarter of a minute.
        "keepalives_idle": 5,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }


def async_engine(settings: PostgresSettings, *, application: str) -> AsyncEngine:
    """For services. At most `pool_size` of the settings; a request waits 2 s for one, then it is an error."""
    return create_async_engine(
        url(settings),
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=2,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=connect_arguments(application, _STATEMENT_SECONDS),
    )


async def database_answers(engine: AsyncEngine) -> None:
    """The check of readiness: raises when the database does not answer."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


def engine(
    settings: PostgresSettings,
    *,
    application: str,
    statement_seconds: int = _STATEMENT_SECONDS,
) -> Engine:
    """For workers. At most `pool_size` of the settings, opened at first use, so that a fork inherits none."""
    return create_engine(
        url(settings),
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=connect_arguments(application, statement_seconds),
    )
