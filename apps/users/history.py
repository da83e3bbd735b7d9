"""The history of a user's analyses, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from apps.common.jobs.progress import State
from apps.common.jobs.result import Category
from apps.users.cursor import Cursor
from apps.users.tables import history


class Analysis(BaseModel):
    """One analysis; what was found is null until it is done."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    job_id: UUID
    state: State
    item: Annotated[str | None, Field(examples=["drink bottle"])]
    material: Annotated[str | None, Field(examples=["transparent PET"])]
    category: Category | None
    confidence: Annotated[float | None, Field(ge=0, le=1, examples=[0.93])]
    failure_reason: Annotated[str | None, Field(examples=["image-undecodable"])]
    accepted_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """Which analyses are wanted, of whom.

    Attributes:
        day: of `accepted_at`, in the platform's time zone.
    """

    user: UUID
    category: Category | None = None
    day: date | None = None

    @property
    def scope(self) -> str:
        """What a cursor of this list is bound to."""
        return f"{self.user}|{self.category or ''}|{self.day or ''}"


class History:
    """Reads the view that waste lets this service see.

    A page begins after the last row of the one before, newest first by (accepted_at, job_id), which no two
    rows share. So a walk over all pages meets each row that was there when it began exactly once, whatever
    is added meanwhile; a page costs the same however far it lies back.
    """

    def __init__(self, engine: AsyncEngine, zone: ZoneInfo) -> None:
        # One statement needs no transaction around it: that is two round trips less.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._zone = zone

    async def page(
        self, filters: Filters, *, after: Cursor | None, limit: int
    ) -> tuple[Sequence[Analysis], Cursor | None]:
        """At most `limit` analyses, and where the next page begins: None when there is none."""
        query = self._query(filters)
        if after is not None:
            query = query.where(
                tuple_(history.c.accepted_at, history.c.job_id) < tuple_(after.accepted_at, after.job_id)
            )
        async with self._engine.connect() as connection:
            # One more than wanted tells whether another page follows.
            rows = (await connection.execute(query.limit(limit + 1))).all()
        page = [Analysis.model_validate(row) for row in rows[:limit]]
        following = Cursor(page[-1].accepted_at, page[-1].job_id) if len(rows) > limit else None
        return page, following

    def _query(self, filters: Filters) -> Select[tuple[object, ...]]:
        query = (
            select(*(column for column in history.c if column.name != "user_id"))
            .where(history.c.user_id == filters.user)
            .order_by(history.c.accepted_at.desc(), history.c.job_id.desc())
        )
        if filters.category is not None:
            query = query.where(history.c.category == filters.category.value)
        if filters.day is not None:
            first, last = _bounds(filters.day, self._zone)
            query = query.where(history.c.accepted_at >= first, history.c.accepted_at < last)
        return query


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day begins and ends."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)
