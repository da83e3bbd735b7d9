"""Days, weeks and months in the wall clock of the platform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")


class PeriodError(Exception):
    """A text names no period."""

    reason = "unknown-period"


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both in it; `name` as ISO 8601 writes a day, a week or a month."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Calendar:
    """Which moments a day holds, in one time zone."""

    zone: ZoneInfo

    @classmethod
    def of(cls, timezone: str) -> Self:
        return cls(ZoneInfo(timezone))

    def start(self, day: date) -> datetime:
        """The moment at which `day` begins, in UTC; it ends where the next one begins."""
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)

    def today(self) -> date:
        return datetime.now(self.zone).date()

    def date_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def day(self, text: str) -> date:
        """The day that `text` names.

        Raises:
            PeriodError: none.
        """
        return self.period(text, only_days=True).first

    def last_month(self) -> Period:
        last = self.today().replace(day=1) - timedelta(days=1)
        return self.period(f"{last:%Y-%m}")

    def period(self, text: str, *, only_days: bool = False) -> Period:
        """The period that `text` names: 2026-10, 2026-W47 or 2026-11-23.

        Raises:
            PeriodError: none.
        """
        try:
            if only_days:
                first = last = date.fromisoformat(text)
            elif found := _MONTH.fullmatch(text):
                first = date(int(found[1]), int(found[2]), 1)
                last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            elif found := _WEEK.fullmatch(text):
                first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
                last = first + timedelta(days=6)
            else:
                first = last = date.fromisoformat(text)
        except (TypeError, ValueError) as error:
            expected = "a day as 2026-11-23" if only_days else "as 2026-10, 2026-W47 or 2026-11-23"
            raise PeriodError(f"{text!r} names no period; expected {expected}: {error}") from error
        # date.fromisoformat reads other forms too; a name becomes part of a key.
        return Period(text if first != last else first.isoformat(), first, last)
