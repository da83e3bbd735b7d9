"""Which backups are kept: the last of each of the latest days, weeks and months that have one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Retention:
    """How many days, weeks (Monday to Sunday) and months are covered, counted in the wall clock of `zone`.

    Only days that have a backup count. So when backups cease, those that exist stay, however old they become.
    """

    zone: ZoneInfo
    daily: int = 7
    weekly: int = 4
    monthly: int = 12

    def kept(self, taken: Iterable[datetime]) -> frozenset[datetime]:
        """Those of `taken` that are kept: whatever one of the three rules asks for."""
        newest_first = sorted(taken, reverse=True)
        return frozenset(
            moment
            for period, count in ((_day, self.daily), (_week, self.weekly), (_month, self.monthly))
            for moment in self._last_of_each(newest_first, period, count)
        )

    def _last_of_each(
        self, newest_first: Iterable[datetime], period: Callable[[datetime], Hashable], count: int
    ) -> list[datetime]:
        last: dict[Hashable, datetime] = {}
        for moment in newest_first:
            last.setdefault(period(moment.astimezone(self.zone)), moment)
        return list(last.values())[:count]


def _day(local: datetime) -> Hashable:
    return local.date()


def _week(local: datetime) -> Hashable:
    return local.isocalendar()[:2]


def _month(local: datetime) -> Hashable:
    return local.year, local.month
