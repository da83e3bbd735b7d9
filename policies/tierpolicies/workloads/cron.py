"""Schedules of CronJobs, as github.com/robfig/cron/v3 reads them, which Kubernetes uses."""

import re
from dataclasses import dataclass
from functools import lru_cache

_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of month", 1, 31),
    ("month", 1, 12),
    ("day of week", 0, 6),
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_NAMES = {
    "month": {name: number for number, name in enumerate(_MONTHS, 1)},
    "day of week": {name: number for number, name in enumerate(_DAYS)},
}
_LONGEST = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_DESCRIBED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:h|m|s|ms|us|ns))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|m|s|ms|us|ns)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_ANY = ("*", "?")
_LONGEST_TEXT = 200


class ScheduleError(ValueError):
    """A text that is no schedule; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job runs: the values of each field, or every so many minutes.

    `days_open` and `weekdays_open` say that the field is `*`: only then does the other decide alone.
    """

    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    days_open: bool = True
    weekdays_open: bool = True
    every_minutes: float | None = None

    @property
    def never(self) -> bool:
        """Whether no such day is in any year: the 30th of February."""
        if self.every_minutes is not None or self.days_open or not self.weekdays_open:
            return False
        return min(self.days) > max(_LONGEST[month] for month in self.months)

    @property
    def floods_an_hour(self) -> bool:
        """Whether it runs at every minute of one hour of the day: a `*` where a 0 was meant."""
        return self.every_minutes is None and len(self.minutes) == 60 and len(self.hours) == 1

    @property
    def shortest_minutes(self) -> float:
        """The shortest time from one run to the next, in minutes."""
        if self.every_minutes is not None:
            return self.every_minutes
        runs = sorted(hour * 60 + minute for hour in self.hours for minute in self.minutes)
        following = [*runs[1:], runs[0] + 24 * 60]
        return min(later - earlier for earlier, later in zip(runs, following, strict=True))


@lru_cache(maxsize=1024)
def parse(text: str) -> Schedule:
    """The schedule that a text means. Raises ScheduleError."""
    stripped = text.strip()
    if len(text) > _LONGEST_TEXT:
        raise ScheduleError("it is longer than any schedule")
    if stripped.startswith(("TZ=", "CRON_TZ=")):
        raise ScheduleError("a time zone stands in spec.timeZone, not in the schedule")
    if stripped.startswith("@"):
        return _described(stripped)
    fields = stripped.split()
    if len(fields) != len(_FIELDS):
        raise ScheduleError(f"it has {len(fields)} fields and not 5")
    minutes, hours, days, months, _ = (
        _values(field, *bounds) for field, bounds in zip(fields, _FIELDS, strict=True)
    )
    return Schedule(minutes, hours, days, months, _is_open(fields[2]), _is_open(fields[4]))


def _described(text: str) -> Schedule:
    if text in _DESCRIBED:
        return parse(_DESCRIBED[text])
    every, _, duration = text.partition(" ")
    if every != "@every" or not _DURATION.fullmatch(duration):
        raise ScheduleError(f"{text!r} is none of {', '.join(_DESCRIBED)} and @every 1h30m")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))
    return Schedule(every_minutes=max(seconds, 1) / 60)


def _is_open(field: str) -> bool:
    return any(part.removesuffix("/1") in _ANY for part in field.split(","))


def _values(field: str, name: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step_text = part.partition("/")
        if slash and (not step_text.isdecimal() or not 0 < len(step_text) < 10 or int(step_text) == 0):
            raise ScheduleError(f"{step_text!r} is no step, in the field {name}")
        first, last = _span(span, name, low, high, is_stepped=bool(slash))
        found.update(range(first, last + 1, int(step_text) if slash else 1))
    return frozenset(found)


def _span(span: str, name: str, low: int, high: int, *, is_stepped: bool) -> tuple[int, int]:
    if span in _ANY:
        return low, high
    first_text, dash, last_text = span.partition("-")
    first = _number(first_text, name)
    last = _number(last_text, name) if dash else high if is_stepped else first
    if first < low or last > high:
        raise ScheduleError(f"{span!r} lies outside {low} to {high}, in the field {name}")
    if first > last:
        raise ScheduleError(f"{span!r} ends before it begins, in the field {name}")
    return first, last


def _number(text: str, name: str) -> int:
    known = _NAMES.get(name, {}).get(text.lower())
    if known is not None:
        return known
    if not text.isdecimal() or len(text) > 9:
        raise ScheduleError(f"{text!r} is no {name}")
    return int(text)
