"""When a schedule is due: the fast search against one that looks at every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.beat.cron import Cron, CronError

MINUTE = timedelta(minutes=1)


def matches(cron: Cron, moment: datetime) -> bool:
    local = moment.astimezone(cron.zone)
    return (
        local.fold == 0
        and local.time() in cron.times
        and local.day in cron.days
        and local.month in cron.months
        and local.isoweekday() % 7 in cron.weekdays
    )


def latest_by_looking(cron: Cron, now: datetime) -> datetime:
    moment = now.replace(second=0, microsecond=0)
    while not matches(cron, moment):
        moment -= MINUTE
    return moment


def next_by_looking(cron: Cron, now: datetime) -> datetime:
    moment = now.replace(second=0, microsecond=0) + MINUTE
    while not matches(cron, moment):
        moment += MINUTE
    return moment


minutes = st.sampled_from(["*", "0", "30", "*/20", "5,45", "10-12"])
hours = st.sampled_from(["*", "2", "*/6", "1-3", "0,23"])
weekdays = st.sampled_from(["*", "1-5", "0", "0,3,6"])
# Seoul has no clock changes; Berlin and Lord Howe (half an hour) have.
zones = st.sampled_from(["Asia/Seoul", "Europe/Berlin", "Australia/Lord_Howe"])
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)) | st.datetimes(
    datetime(2026, 10, 24, 20),
    datetime(2026, 10, 25, 6),
    timezones=st.just(UTC),
)


@given(minute=minutes, hour=hours, weekday=weekdays, zone=zones, now=moments)
def test_the_latest_and_the_next_time_are_what_looking_at_every_minute_finds(
    minute, hour, weekday, zone, now
):
    cron = Cron.parse(f"{minute} {hour} * * {weekday}", zone)

    assert cron.latest(now) == latest_by_looking(cron, now)
    assert cron.next(now) == next_by_looking(cron, now)


def test_a_daily_time_is_the_wall_clock_of_its_zone():
    cron = Cron.parse("0 2 * * *", "Asia/Seoul")

    now = datetime(2026, 11, 24, 16, 59, tzinfo=UTC)

    assert cron.latest(now) == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert cron.next(now).astimezone(ZoneInfo("Asia/Seoul")) == datetime(
        2026, 11, 25, 2, tzinfo=ZoneInfo("Asia/Seoul")
    )


def test_a_time_that_a_clock_change_skips_is_not_due_that_day():
    cron = Cron.parse("30 2 * * *", "Europe/Berlin")

    assert cron.latest(datetime(2026, 3, 29, 12, tzinfo=UTC)) == datetime(2026, 3, 28, 1, 30, tzinfo=UTC)


def test_leap_days_are_found_across_a_century():
    cron = Cron.parse("0 0 29 2 *", "UTC")

    assert cron.next(datetime(2096, 3, 1, tzinfo=UTC)) == datetime(2104, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone"),
    [("* * * *", "UTC"), ("60 * * * *", "UTC"), ("x * * * *", "UTC"), ("* * * * *", "Mars/One")],
)
def test_what_is_no_schedule_is_told(text, zone):
    with pytest.raises(CronError, match="is not five cron fields"):
        Cron.parse(text, zone)


def test_a_schedule_that_is_never_due_is_told():
    with pytest.raises(CronError, match="never due"):
        Cron.parse("0 0 30 2 *", "UTC").latest(datetime(2026, 1, 1, tzinfo=UTC))
