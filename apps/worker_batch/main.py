"""`celery -A apps.worker_batch.main worker`: the tasks of q.batch and q.sched."""

# ruff: noqa: E402 - metrics are set up before anything makes one
from __future__ import annotations

from apps.worker_batch import shared_metrics

shared_metrics.set_up()

import gc
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from celery import signals

from apps.common.broker import Worker
from apps.common.database import engine
from apps.common.settings import (
    BrokerSettings,
    BucketSettings,
    PostgresSettings,
    RedisSettings,
    ServiceSettings,
    load,
)
from apps.common.storage import s3_client
from apps.worker_batch.backup.archive import Archive
from apps.worker_batch.backup.retention import Retention
from apps.worker_batch.backup.taking import back_up
from apps.worker_batch.cleaning import clean
from apps.worker_batch.connections import connections
from apps.worker_batch.reckoning.analytics import count_day, count_ended_days
from apps.worker_batch.reckoning.periods import Calendar, PeriodError
from apps.worker_batch.reckoning.reports import Reports
from apps.worker_batch.reckoning.statistics import aggregate
from apps.worker_batch.settings import BackupRoleSettings, BackupSettings, ImageSettings

for _needed in (
    PostgresSettings,
    RedisSettings,
    BucketSettings,
    BackupRoleSettings,
    BackupSettings,
    ImageSettings,
):
    load(_needed)

worker = Worker(service=load(ServiceSettings), broker=load(BrokerSettings))
app = worker.app
calendar = Calendar(ZoneInfo(worker.messaging.timezone))


@signals.worker_init.connect(weak=False)
def share_memory(**_: object) -> None:
    """Keep what is loaded now in memory that all processes share.

    Modules, the database's driver, and botocore's description of S3 are loaded before the processes are
    forked. Frozen, they are out of the garbage collector's sight: else its marks would copy every page into
    each process.
    """
    s3_client().close()
    # It loads the driver, and connects to nothing.
    engine(load(PostgresSettings), application=worker.app.main, pool_size=1).dispose()
    gc.collect()
    gc.freeze()


@worker.task("analytics.daily", give_up_on=(PeriodError,))
def analytics_daily(day: str | None = None) -> None:
    """Count a day's jobs; without `day` (YYYY-MM-DD), each day that ended and is not counted yet."""
    if day is None:
        count_ended_days(connections.waste, calendar)
    else:
        count_day(connections.waste, calendar, calendar.day(day))


@worker.task("stats.aggregate")
def stats_aggregate() -> None:
    """Sum the counted days up by week and by month."""
    aggregate(connections.waste)


@worker.task("report.generate", give_up_on=(PeriodError,))
def report_generate(period: str | None = None) -> None:
    """Write the report of `period` (2026-10, 2026-W47 or 2026-11-23); without one, of the month before."""
    reports = Reports(connections.waste, connections.s3, bucket=connections.images)
    reports.generate(calendar.last_month() if period is None else calendar.period(period))


@worker.task("cleanup.cache")
def cleanup_cache() -> None:
    """Remove what nobody needs any more, and end jobs that are stuck."""
    clean(connections, worker.messaging)


@worker.task("backup.database")
def backup_database() -> None:
    """Back the database up, and remove backups that are older than what is kept."""
    server = connections.backup_server
    back_up(
        engine=connections.waste,
        server=server,
        archive=Archive(connections.s3, bucket=connections.backups, database=server.database),
        retention=Retention(calendar.zone),
        now=datetime.now(UTC),
    )
