"""The task stats.aggregate: counted days, summed up by week (from Monday) and by month."""

from __future__ import annotations

import structlog
from sqlalchemy import Engine, text

_log = structlog.get_logger(__name__)

# All of it each time: there is one row a day, and what was counted again is right again.
_AGGREGATE = text("""
    WITH days AS (
        SELECT period, date_trunc(period, day::timestamp)::date AS first_day, counted.*
        FROM waste.daily_analytics AS counted CROSS JOIN (VALUES ('week'), ('month')) AS periods (period)
    ), by_category AS (
        SELECT period, first_day, jsonb_object_agg(key, sum) AS found FROM (
            SELECT period, first_day, key, sum(value::bigint) FROM days, jsonb_each_text(categories)
            GROUP BY 1, 2, 3
        ) AS summed GROUP BY 1, 2
    ), by_failure AS (
        SELECT period, first_day, jsonb_object_agg(key, sum) AS found FROM (
            SELECT period, first_day, key, sum(value::bigint) FROM days, jsonb_each_text(failures)
            GROUP BY 1, 2, 3
        ) AS summed GROUP BY 1, 2
    )
    INSERT INTO waste.statistics
        (period, first_day, last_day, accepted, done, failed, cache_hits, model_seconds, categories, failures)
    SELECT period, first_day, max(day), sum(accepted), sum(done), sum(failed), sum(cache_hits),
           sum(model_seconds), coalesce(by_category.found, '{}'), coalesce(by_failure.found, '{}')
    FROM days LEFT JOIN by_category USING (period, first_day) LEFT JOIN by_failure USING (period, first_day)
    GROUP BY period, first_day, by_category.found, by_failure.found
    ON CONFLICT (period, first_day) DO UPDATE SET
        last_day = excluded.last_day, accepted = excluded.accepted, done = excluded.done,
        failed = excluded.failed, cache_hits = excluded.cache_hits, model_seconds = excluded.model_seconds,
        categories = excluded.categories, failures = excluded.failures, computed_at = now()
""")


def aggregate(engine: Engine) -> int:
    """Sum up every week and month that has a counted day; answers how many. Again changes nothing."""
    with engine.begin() as connection:
        periods = connection.execute(_AGGREGATE).rowcount
    _log.info("statistics aggregated", periods=periods)
    return periods
