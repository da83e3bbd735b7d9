"""The task report.generate: a period's counted days as CSV and JSON, in S3 and noted in PostgreSQL."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog
from sqlalchemy import Connection, Engine, text

from apps.worker_batch.reckoning.periods import Period

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_ROWS_AT_A_TIME: Final = 100
_log = structlog.get_logger(__name__)

_COUNTED = text("""
    SELECT day, accepted, done, failed, cache_hits, users, median_seconds, p95_seconds, model_seconds,
           categories, failures, hours
    FROM waste.daily_analytics WHERE day BETWEEN :first AND :last ORDER BY day
""")
_NOTE = text("""
    INSERT INTO waste.reports (period, first_day, last_day, csv_key, json_key, accepted)
    VALUES (:period, :first, :last, :csv_key, :json_key, :accepted)
    ON CONFLICT (period) DO UPDATE SET csv_key = excluded.csv_key, json_key = excluded.json_key,
        accepted = excluded.accepted, created_at = now()
""")


class Day(NamedTuple):
    """A row of waste.daily_analytics."""

    day: date
    accepted: int
    done: int
    failed: int
    cache_hits: int
    users: int
    median_seconds: float | None
    p95_seconds: float | None
    model_seconds: float
    categories: Mapping[str, int]
    failures: Mapping[str, int]
    hours: Mapping[str, int]


_FIGURES: Final = Day._fields[1:9]
_BREAKDOWNS: Final = Day._fields[9:]


@dataclass
class Totals:
    """What the days add up to."""

    figures: Counter[str] = field(default_factory=Counter)
    model_seconds: float = 0.0
    breakdowns: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in _BREAKDOWNS}
    )

    def add(self, day: Day) -> None:
        """Count `day` in. Users and percentiles of days cannot be added up."""
        self.figures.update(
            accepted=day.accepted, done=day.done, failed=day.failed, cache_hits=day.cache_hits
        )
        self.model_seconds += day.model_seconds
        for name in _BREAKDOWNS:
            self.breakdowns[name].update(getattr(day, name))

    def told(self) -> dict[str, object]:
        """As in the JSON file."""
        return {
            **{name: self.figures[name] for name in ("accepted", "done", "failed", "cache_hits")},
            "model_seconds": round(self.model_seconds, 3),
            **{name: dict(sorted(counts.items())) for name, counts in self.breakdowns.items()},
        }


class Reports:
    """Writes reports under `reports/` of `bucket`.

    Days stream from the database through a file in /tmp to S3: memory holds a hundred of them, and the
    totals.
    """

    def __init__(self, engine: Engine, client: S3Client, *, bucket: str) -> None:
        self._engine = engine
        self._client = client
        self._bucket = bucket

    def generate(self, period: Period) -> None:
        """Write the report of `period`, in place of an earlier one."""
        prefix = f"reports/{period.name}/waste-{period.name}"
        keys = {"csv_key": f"{prefix}.csv", "json_key": f"{prefix}.json"}
        days = {"period": period.name, "first": period.first, "last": period.last}
        with tempfile.TemporaryDirectory(prefix="report-") as folder:
            rows, summary = Path(folder, "rows.csv"), Path(folder, "summary.json")
            with self._engine.connect() as connection:
                totals = _write(rows, _counted(connection, period))
            told = {name: str(value) for name, value in days.items()} | totals.told()
            summary.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
            self._upload(rows, keys["csv_key"], "text/csv; charset=utf-8")
            self._upload(summary, keys["json_key"], "application/json")
        accepted = totals.figures["accepted"]
        with self._engine.begin() as connection:
            connection.execute(_NOTE, days | keys | {"accepted": accepted})
        _log.info("report written", period=period.name, key=keys["csv_key"], accepted=accepted)

    def _upload(self, file: Path, key: str, content_type: str) -> None:
        described = {"ContentType": content_type, "ServerSideEncryption": "AES256"}
        self._client.upload_file(str(file), self._bucket, key, ExtraArgs=described)


def _counted(connection: Connection, period: Period) -> Iterator[Day]:
    found = connection.execution_options(yield_per=_ROWS_AT_A_TIME).execute(
        _COUNTED, {"first": period.first, "last": period.last}
    )
    for row in found:
        yield Day(*row)


def _write(file: Path, days: Iterator[Day]) -> Totals:
    """One line a figure, so that a new category needs no new column: day, measure, of, value."""
    totals = Totals()
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("day", "measure", "of", "value"))
        for day in days:
            totals.add(day)
            writer.writerows((day.day, name, "", getattr(day, name)) for name in _FIGURES)
            for name in _BREAKDOWNS:
                writer.writerows((day.day, name, of, jobs) for of, jobs in sorted(getattr(day, name).items()))
    return totals
