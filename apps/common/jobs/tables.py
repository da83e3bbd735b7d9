"""Schema waste: jobs, what they found, and the figures made of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

SCHEMA = "waste"

metadata = MetaData(schema=SCHEMA)

_moment = DateTime(timezone=True)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("state", Text, nullable=False, comment="As apps.common.jobs.progress.State."),
    Column("object_key", Text, nullable=False, comment="Where the photo lies in the bucket."),
    Column("etag", Text, nullable=False, comment="Of the photo that was checked; no other one is analysed."),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False, comment="Bytes."),
    Column("width", Integer, nullable=False, comment="Pixels, by the photo's header."),
    Column("height", Integer, nullable=False),
    Column("request_id", Text, comment="Of the request that accepted the job."),
    Column("created_at", _moment, nullable=False, comment="When the job was promised."),
    Column("accepted_at", _moment, nullable=False, server_default=func.now()),
    Column("published_at", _moment, comment="When the broker had confirmed the job's first task."),
    Column("updated_at", _moment, nullable=False, server_default=func.now()),
    Column("ended_at", _moment),
    Column("failure_reason", Text),
    Column("failure_detail", Text),
    Column("object_deleted_at", _moment, comment="When the photo was removed, as it was old."),
    CheckConstraint(
        "state IN ('queued', 'analyzing', 'identifying', 'composing', 'failed', 'done')", name="jobs_state"
    ),
    CheckConstraint("(state IN ('failed', 'done')) = (ended_at IS NOT NULL)", name="jobs_ended"),
    CheckConstraint("(state = 'failed') = (failure_reason IS NOT NULL)", name="jobs_failure"),
)
Index("jobs_of_user", jobs.c.user_id, jobs.c.accepted_at.desc(), jobs.c.id)
Index("jobs_by_day", jobs.c.accepted_at)
Index("jobs_open", jobs.c.updated_at, postgresql_where=text("ended_at IS NULL"))
Index("jobs_photos", jobs.c.ended_at, postgresql_where=text("object_deleted_at IS NULL"))

classifications = Table(
    "classifications",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("content_hash", LargeBinary(32), nullable=False, comment="SHA-256 of the photo."),
    Column("item", Text, nullable=False),
    Column("material", Text, nullable=False),
    Column("category", Text, nullable=False, comment="As apps.common.jobs.result.Category."),
    Column("disposal_steps", ARRAY(Text), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("feedback", Text, comment="The final text, once it is composed."),
    Column("cached", Boolean, nullable=False, comment="Found in the cache, without asking the model."),
    Column("model", Text, nullable=False, comment="Which model said so, at that time or before."),
    Column("model_seconds", Float, comment="How long it took; null where it was not asked."),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
    CheckConstraint("confidence BETWEEN 0 AND 1", name="classifications_confidence"),
)
Index("classifications_by_category", classifications.c.category, classifications.c.material)

orphaned_objects = Table(
    "orphaned_objects",
    metadata,
    Column("object_key", Text, primary_key=True, comment="A photo whose user is gone: to be deleted."),
    Column("orphaned_at", _moment, nullable=False, server_default=func.now()),
)

daily_analytics = Table(
    "daily_analytics",
    metadata,
    Column("day", Date, primary_key=True, comment="In the platform's time zone."),
    Column("accepted", Integer, nullable=False, comment="Jobs accepted on that day; the rest is of these."),
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("cache_hits", Integer, nullable=False),
    Column("users", Integer, nullable=False, comment="Distinct ones."),
    Column("median_seconds", Float, comment="From accepted to done; null where none was done."),
    Column("p95_seconds", Float),
    Column("categories", JSONB, nullable=False, comment="Jobs by category."),
    Column("failures", JSONB, nullable=False, comment="Jobs by reason of failure."),
    Column("hours", JSONB, nullable=False, comment="Jobs by hour of their acceptance, 00 to 23."),
    Column("model_seconds", Float, nullable=False, comment="Time that the model took, in all."),
    Column("computed_at", _moment, nullable=False, server_default=func.now()),
)

statistics = Table(
    "statistics",
    metadata,
    Column("period", Text, nullable=False, comment="week (from Monday) or month."),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False, comment="The last one that was counted: the period may go on."),
    Column("accepted", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("cache_hits", BigInteger, nullable=False),
    Column("model_seconds", Float, nullable=False),
    Column("categories", JSONB, nullable=False, comment="Jobs by category."),
    Column("failures", JSONB, nullable=False, comment="Jobs by reason of failure."),
    Column("computed_at", _moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("period", "first_day", name="statistics_pkey"),
    CheckConstraint("period IN ('week', 'month')", name="statistics_period"),
    comment="Sums of daily_analytics, by stats.aggregate.",
)

reports = Table(
    "reports",
    metadata,
    Column("period", Text, primary_key=True, comment="As 2026-10, 2026-W47 or 2026-11-23."),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("csv_key", Text, nullable=False, comment="Where it lies in the bucket."),
    Column("json_key", Text, nullable=False),
    Column("accepted", BigInteger, nullable=False, comment="Jobs that it is about."),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
    CheckConstraint("first_day <= last_day", name="reports_days"),
)
