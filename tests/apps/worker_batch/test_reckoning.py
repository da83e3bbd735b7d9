"""Days are counted, summed up and reported by a real worker."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.worker_batch.reckoning.analytics import count_day, count_ended_days
from apps.worker_batch.reckoning.periods import Calendar, PeriodError
from apps.worker_batch.reckoning.statistics import aggregate
from tests.apps.worker_batch.conftest import add_job, until

SEOUL = ZoneInfo("Asia/Seoul")
CALENDAR = Calendar(SEOUL)
DAY = date(2026, 11, 20)


@pytest.fixture
def day_of_jobs(waste):
    """Five jobs of the 20th in Seoul, and one each side of its midnights."""
    user = add_job(waste, accepted_at=datetime(2026, 11, 19, 23, 59, 59, tzinfo=SEOUL), category="glass")
    begin = datetime(2026, 11, 20, 0, 0, tzinfo=SEOUL)
    add_job(
        waste,
        accepted_at=begin,
        ended_at=begin + timedelta(seconds=4),
        category="glass",
        model_seconds=2.5,
        user_id=user,
    )
    add_job(
        waste,
        accepted_at=begin + timedelta(hours=9),
        ended_at=begin + timedelta(hours=9, seconds=2),
        category="glass",
        cached=True,
        user_id=user,
    )
    add_job(waste, accepted_at=begin + timedelta(hours=9), category="metal", model_seconds=1.5)
    add_job(waste, accepted_at=begin + timedelta(hours=23, minutes=59), failure="image-undecodable")
    add_job(waste, accepted_at=begin + timedelta(hours=23))
    add_job(waste, accepted_at=begin + timedelta(days=1), category="paper")
    return waste


def counted(connection, day: date = DAY) -> dict[str, object]:
    cursor = connection.execute("SELECT * FROM waste.daily_analytics WHERE day = %s", [day])
    row = cursor.fetchone()
    if row is None:
        return {}
    return {
        column.name: value
        for column, value in zip(cursor.description, row, strict=True)
        if column.name != "computed_at"
    }


def test_a_day_in_seoul_is_counted_by_category_failure_hour_and_cache(day_of_jobs, worker):
    worker.run("analytics.daily", day="2026-11-20")

    assert counted(day_of_jobs) == {
        "day": DAY,
        "accepted": 5,
        "done": 3,
        "failed": 1,
        "cache_hits": 1,
        "users": 4,
        "median_seconds": 2.0,
        "p95_seconds": pytest.approx(3.8),
        "categories": {"glass": 2, "metal": 1},
        "failures": {"image-undecodable": 1},
        "hours": {"00": 1, "09": 2, "23": 2},
        "model_seconds": 4.0,
    }


def test_counting_again_changes_nothing_but_what_changed(day_of_jobs, engine):
    count_day(engine, CALENDAR, DAY)
    first = counted(day_of_jobs)
    count_day(engine, CALENDAR, DAY)
    assert counted(day_of_jobs) == first

    day_of_jobs.execute(
        """UPDATE waste.jobs SET state = 'failed', failure_reason = 'stuck', ended_at = now()
           WHERE state = 'analyzing'"""
    )
    count_day(engine, CALENDAR, DAY)

    assert counted(day_of_jobs)["failures"] == {"image-undecodable": 1, "stuck": 1}


def test_nights_without_a_run_are_made_up_for(day_of_jobs, engine):
    count_ended_days(engine, CALENDAR)

    days = [
        day for (day,) in day_of_jobs.execute("SELECT day FROM waste.daily_analytics ORDER BY 1").fetchall()
    ]
    yesterday = CALENDAR.today() - timedelta(days=1)
    assert days == [date(2026, 11, 19) + timedelta(days=n) for n in range((yesterday - DAY).days + 2)]


def test_without_jobs_there_is_nothing_to_count(waste, engine):
    count_ended_days(engine, CALENDAR)

    assert waste.execute("SELECT count(*) FROM waste.daily_analytics").fetchone() == (0,)


def test_weeks_and_months_are_the_sums_of_their_days(day_of_jobs, engine, worker):
    # The 30th is a Monday, the last day of a month.
    add_job(day_of_jobs, accepted_at=datetime(2026, 11, 30, 12, tzinfo=SEOUL), category="glass")
    add_job(day_of_jobs, accepted_at=datetime(2026, 12, 1, 12, tzinfo=SEOUL), failure="image-missing")
    for day in (date(2026, 11, 19), DAY, date(2026, 11, 21), date(2026, 11, 30), date(2026, 12, 1)):
        count_day(engine, CALENDAR, day)

    worker.run("stats.aggregate")

    found = """SELECT period, first_day::text, last_day::text, accepted, failed, cache_hits, categories,
               failures FROM waste.statistics ORDER BY 1 DESC, 2"""
    sums = day_of_jobs.execute(found).fetchall()
    assert sums == [
        (
            "week",
            "2026-11-16",
            "2026-11-21",
            7,
            1,
            1,
            {"glass": 3, "metal": 1, "paper": 1},
            {"image-undecodable": 1},
        ),
        ("week", "2026-11-30", "2026-12-01", 2, 1, 0, {"glass": 1}, {"image-missing": 1}),
        (
            "month",
            "2026-11-01",
            "2026-11-30",
            8,
            1,
            1,
            {"glass": 4, "metal": 1, "paper": 1},
            {"image-undecodable": 1},
        ),
        ("month", "2026-12-01", "2026-12-01", 1, 1, 0, {}, {"image-missing": 1}),
    ]
    aggregate(engine)
    assert day_of_jobs.execute(found).fetchall() == sums


def test_a_report_is_csv_and_json_in_s3_and_a_row(day_of_jobs, engine, worker, s3, backup_environment):
    for day in (date(2026, 11, 19), DAY, date(2026, 11, 21)):
        count_day(engine, CALENDAR, day)

    worker.run("report.generate", period="2026-W47")

    period, first, last, csv_key, json_key, accepted = day_of_jobs.execute(
        "SELECT period, first_day, last_day, csv_key, json_key, accepted FROM waste.reports"
    ).fetchone()
    assert (period, first, last, accepted) == ("2026-W47", date(2026, 11, 16), date(2026, 11, 22), 7)
    client = s3.client()
    bodies = [
        client.get_object(Bucket=backup_environment["S3_BUCKET"], Key=key)["Body"].read().decode()
        for key in (csv_key, json_key)
    ]
    client.close()
    rows = list(csv.DictReader(io.StringIO(bodies[0])))
    assert {"day": "2026-11-20", "measure": "categories", "of": "glass", "value": "2"} in rows
    assert sum(int(row["value"]) for row in rows if row["measure"] == "accepted") == 7
    told = json.loads(bodies[1])
    assert told["categories"] == {"glass": 3, "metal": 1, "paper": 1}
    assert (told["first"], told["accepted"], told["model_seconds"]) == ("2026-11-16", 7, 4.0)


def test_the_report_of_an_impossible_period_fails_at_once(worker, rabbitmq):
    before = rabbitmq.queue_length("q.dlq")

    worker.send("report.generate", period="../etc")

    until(lambda: rabbitmq.queue_length("q.dlq") == before + 1, "the message is a dead letter")
    assert (
        'celery_task_failures_total{queue="q.batch",reason="unknown-period",task="report.generate"} 1.0'
        in (worker.metrics())
    )


@given(st.dates(date(1970, 1, 1), date(2200, 1, 1)))
def test_a_name_of_a_period_holds_its_days(day):
    month, week = CALENDAR.period(f"{day:%Y-%m}"), CALENDAR.period(f"{day:%G-W%V}")

    assert month.first.day == 1
    assert (month.last + timedelta(days=1)).day == 1
    assert month.first <= day <= month.last
    assert (week.first.isoweekday(), week.last.isoweekday()) == (1, 7)
    assert week.first <= day <= week.last
    assert CALENDAR.day(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-W54", "2026-02-30", "../etc", "2026-10/x", "now"]
)
def test_what_names_no_period_is_told(text):
    with pytest.raises(PeriodError, match="names no period"):
        CALENDAR.period(text)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["Asia/Seoul", "Europe/Berlin"]))
def test_days_follow_each_other_without_a_gap(day, zone):
    calendar = Calendar.of(zone)

    assert calendar.date_of(calendar.start(day)) == day
    assert calendar.date_of(calendar.start(day) - timedelta(microseconds=1)) == day - timedelta(days=1)
    assert calendar.start(day).tzinfo is UTC
