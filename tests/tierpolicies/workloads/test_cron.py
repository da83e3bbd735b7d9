"""Schedules against what github.com/robfig/cron/v3 makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.workloads.cron import ScheduleError, parse


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("*/5 * * * *", 5),
        ("0 * * * *", 60),
        ("0,10,50 * * * *", 10),
        ("0 3 * * *", 24 * 60),
        ("0 */6 * * *", 360),
        ("59 23,0 * * *", 60),
        ("@hourly", 60),
        ("@every 1h30m", 90),
        ("@every 90s", 1.5),
        ("5/20 8 * * mon-fri", 20),
        ("0 0 ? * sun", 24 * 60),
    ],
)
def test_the_shortest_time_between_two_runs(text: str, minutes: float) -> None:
    assert parse(text).shortest_minutes == minutes


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("0 0 30 2 *", True),
        ("0 0 31 2,4,6 *", True),
        ("0 0 29 2 *", False),
        ("0 0 31 * *", False),
        ("0 0 30 2 1", False),  # days of month and of week are alternatives
        ("0 0 */2 2 *", False),
        ("@yearly", False),
    ],
)
def test_days_that_no_year_has(text: str, never: bool) -> None:
    assert parse(text).never is never


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "0 fields"),
        ("0 3 * *", "4 fields"),
        ("0 0 3 * * *", "6 fields"),
        ("60 * * * *", "outside 0 to 59"),
        ("0 24 * * *", "outside 0 to 23"),
        ("0 0 0 * *", "outside 1 to 31"),
        ("0 0 * 13 *", "outside 1 to 12"),
        ("0 0 * * 7", "outside 0 to 6"),
        ("30-10 * * * *", "ends before it begins"),
        ("*/0 * * * *", "no step"),
        ("H 3 * * *", "'H' is no minute"),
        ("0 0 * * monday", "'monday' is no day of week"),
        ("@reboot", "none of @yearly"),
        ("@every soon", "none of @yearly"),
        ("TZ=Asia/Tokyo 0 3 * * *", "spec.timeZone"),
    ],
)
def test_what_is_no_schedule_says_why(text: str, told: str) -> None:
    with pytest.raises(ScheduleError, match=told):
        parse(text)


def test_a_star_for_the_minute_beside_one_hour_floods_it() -> None:
    assert parse("* 3 * * *").floods_an_hour
    assert parse("*/1 3 * * 1").floods_an_hour
    assert not parse("* 3-5 * * *").floods_an_hour
    assert not parse("* * * * *").floods_an_hour
    assert not parse("0 3 * * *").floods_an_hour


@given(st.text(alphabet="0123456789*/-,@ ?LWHmonj٣", max_size=40))
def test_any_text_is_a_schedule_or_is_refused(text: str) -> None:
    try:
        schedule = parse(text)
    except ScheduleError:
        return
    assert schedule.shortest_minutes > 0
    assert schedule.never in (True, False)
