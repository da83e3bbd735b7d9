"""When a cron expression is due, in the wall-clock time of one time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from celery.schedules import ParseException, crontab_parser

# The longest gap between two runs that an expression can have: 29 February around a century.
_MOST_DAYS = 8 * 366 + 1


class CronError(Exception):
    """An expression cannot be read, or is never due."""


@dataclass(frozen=True)
class Cron:
    """Five cron fields as sets; a day must match both its own and its weekday's field, as in Celery.

    A time that a clock change skips is not due that day; one that it repeats is due the first time.
    """

    times: tuple[time, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday."""
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str, timezone: str) -> Self:
        """The expression `text` in `timezone`.

        Raises:
            CronError: it is not one, or no such zone is known here.
        """
        try:
            minute, hour, day, month, weekday = text.split()
            return cls(
                times=tuple(
                    time(at_hour, at_minute)
                    for at_hour in sorted(crontab_parser(24).parse(hour))
                    for at_minute in sorted(crontab_parser(60).parse(minute))
                ),
                days=frozenset(crontab_parser(31, 1).parse(day)),
                months=frozenset(crontab_parser(12, 1).parse(month)),
                weekdays=frozenset(crontab_parser(7).parse(weekday)),
                zone=ZoneInfo(timezone),
            )
        except (ValueError, ParseException, ZoneInfoNotFoundError) as error:
            raise CronError(
                f"schedule {text!r} in {timezone!r} is not five cron fields and a zone: {error}"
            ) from error

    def latest(self, now: datetime) -> datetime:
        """The last time at or before `now`, in UTC.

        Raises:
            CronError: there is none, as with 30 February.
        """
        for day in self._days(now, -1):
            for moment in reversed(self.times):
                if (due := self._at(day, moment)) is not None and due <= now:
                    return due
        raise CronError("no day matches the fields of days and months: it is never due")

    def next(self, now: datetime) -> datetime:
        """The first time after `now`, in UTC.

        Raises:
            CronError: there is none.
        """
        for day in self._days(now, 1):
            for moment in self.times:
                if (due := self._at(day, moment)) is not None and due > now:
                    return due
        raise CronError("no day matches the fields of days and months: it is never due")

    def _days(self, now: datetime, step: int) -> Iterator[date]:
        # One day more in the other direction: near a clock change local dates and moments can disagree.
        day = now.astimezone(self.zone).date() - timedelta(days=step)
        for _ in range(_MOST_DAYS):
            if day.day in self.days and day.month in self.months and day.isoweekday() % 7 in self.weekdays:
                yield day
            day += timedelta(days=step)

    def _at(self, day: date, moment: time) -> datetime | None:
        due = datetime.combine(day, moment, tzinfo=self.zone).astimezone(UTC)
        back = due.astimezone(self.zone)
        return due if back.time() == moment and back.date() == day else None
