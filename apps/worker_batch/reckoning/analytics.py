"""The task analytics.daily: a day's jobs, counted by category, failure, hour and cache."""

from __future__ import annotations

from datetime import date, timedelta

import structlog
from sqlalchemy import Engine, text

from apps.worker_batch.reckoning.periods import Calendar

_log = structlog.get_logger(__name__)

# One at a time: a count that began earlier must not overwrite a later one.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('analytics.daily', 0))")
_COUNT = text("""
    WITH that_day AS (
        SELECT jobs.state, jobs.user_id, jobs.failure_reason, found.category, found.model_seconds,
               coalesce(found.cached, false) AS cached,
               to_char(jobs.accepted_at AT TIME ZONE :zone, 'HH24') AS hour,
               extract(epoch FROM jobs.ended_at - jobs.accepted_at) AS seconds
        FROM waste.jobs AS jobs LEFT JOIN waste.classifications AS found ON found.job_id = jobs.id
        WHERE jobs.accepted_at >= :begin AND jobs.accepted_at < :until
    )
    INSERT INTO waste.daily_analytics (day, accepted, done, failed, cache_hits, users, median_seconds,
                                       p95_seconds, model_seconds, categories, failures, hours)
    SELECT :day, count(*), count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'failed'),
           count(*) FILTER (WHERE cached), count(DISTINCT user_id),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE state = 'done'),
           percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE state = 'done'),
           coalesce(sum(model_seconds), 0),
           (SELECT coalesce(jsonb_object_agg(category, n), '{}') FROM
               (SELECT category, count(*) AS n FROM that_day WHERE state = 'done' AND category IS NOT NULL
                GROUP BY 1) AS x),
           (SELECT coalesce(jsonb_object_agg(failure_reason, n), '{}') FROM
               (SELECT failure_reason, count(*) AS n FROM that_day WHERE state = 'failed' GROUP BY 1) AS x),
           (SELECT coalesce(jsonb_object_agg(hour, n), '{}') FROM
               (SELECT hour, count(*) AS n FROM that_day GROUP BY 1) AS x)
    FROM that_day
    ON CONFLICT (day) DO UPDATE SET
        accepted = excluded.accepted, done = excluded.done, failed = excluded.failed,
        cache_hits = excluded.cache_hits, users = excluded.users, median_seconds = excluded.median_seconds,
        p95_seconds = excluded.p95_seconds, model_seconds = excluded.model_seconds,
        categories = excluded.categories, failures = excluded.failures, hours = excluded.hours,
        computed_at = now()
    RETURNING accepted
""")
_LAST_COUNTED = text("SELECT max(day) FROM waste.daily_analytics")
_FIRST_JOB = text("SELECT min(accepted_at) FROM waste.jobs")


def count_day(engine: Engine, calendar: Calendar, day: date) -> int:
    """Count `day` in place of what was counted before; answers its accepted jobs.

    A job belongs to the day and hour in which it was accepted, by the wall clock of `calendar`.
    """
    with engine.begin() as connection:
        connection.execute(_ALONE)
        counted = connection.execute(
            _COUNT,
            {
                "day": day,
                "zone": calendar.zone.key,
                "begin": calendar.start(day),
                "until": calendar.start(day + timedelta(days=1)),
            },
        )
        accepted = int(counted.scalar_one())
    _log.info("day counted", day=str(day), accepted=accepted)
    return accepted


def count_ended_days(engine: Engine, calendar: Calendar) -> None:
    """Count each day that ended since the last counted one, and that one again for jobs that ended late.

    So a night without a run is made up for by the next.
    """
    with engine.connect() as connection:
        day: date | None = connection.scalar(_LAST_COUNTED)
        if day is None:
            first_job = connection.scalar(_FIRST_JOB)
            if first_job is None:
                return
            day = calendar.date_of(first_job)
    while day < calendar.today():
        count_day(engine, calendar, day)
        day += timedelta(days=1)
