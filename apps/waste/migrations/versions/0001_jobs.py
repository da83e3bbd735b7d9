"""Jobs, what they found, the figures made of them; and what other services may do here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)

_HISTORY = """
CREATE VIEW waste.history AS
  SELECT jobs.id AS job_id, jobs.user_id, jobs.state, jobs.accepted_at, jobs.ended_at,
         jobs.failure_reason, jobs.failure_detail,
         found.item, found.material, found.category, found.disposal_steps, found.confidence,
         found.feedback, found.cached
  FROM waste.jobs LEFT JOIN waste.classifications AS found ON found.job_id = jobs.id
"""

# SECURITY DEFINER: they run by the rights of role waste, for roles that have none in this schema but these.
# The search path is fixed, so that nobody can slip in a table of their own.
_DELETE_USER = """
CREATE FUNCTION waste.delete_user(user_id uuid) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH gone AS (
    DELETE FROM waste.jobs WHERE jobs.user_id = delete_user.user_id
    RETURNING jobs.id, jobs.object_key, jobs.object_deleted_at
  ), orphaned AS (
    INSERT INTO waste.orphaned_objects (object_key)
      SELECT gone.object_key FROM gone WHERE gone.object_deleted_at IS NULL
      ON CONFLICT DO NOTHING
  )
  SELECT gone.id FROM gone;
END
"""

_FAIL_JOB = """
CREATE FUNCTION waste.fail_job(job_id uuid, reason text, detail text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH failed AS (
    UPDATE waste.jobs
      SET state = 'failed', failure_reason = fail_job.reason, failure_detail = fail_job.detail,
          ended_at = now(), updated_at = now()
      WHERE jobs.id = fail_job.job_id AND jobs.ended_at IS NULL
      RETURNING jobs.id
  )
  SELECT EXISTS (SELECT FROM failed);
END
"""

_REQUEUE_JOB = """
CREATE FUNCTION waste.requeue_job(job_id uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH queued AS (
    UPDATE waste.jobs
      SET state = 'queued', failure_reason = NULL, failure_detail = NULL, ended_at = NULL, updated_at = now()
      WHERE jobs.id = requeue_job.job_id AND jobs.state = 'failed'
      RETURNING jobs.id
  )
  SELECT EXISTS (SELECT FROM queued);
END
"""

_FUNCTIONS = {
    "delete_user(uuid)": (
        _DELETE_USER,
        "users",
        "Removes all jobs of a user, and tells their ids: the caller removes their records from Redis.",
    ),
    "fail_job(uuid, text, text)": (
        _FAIL_JOB,
        "dlq",
        "Ends a job whose message died; false when it had ended.",
    ),
    "requeue_job(uuid)": (_REQUEUE_JOB, "dlq", "Opens a failed job again, before its message is replayed."),
}


def upgrade() -> None:
    """Make the tables, the view and the functions, and grant them to whom they are meant for."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False, comment="As apps.common.jobs.progress.State."),
        sa.Column("object_key", sa.Text, nullable=False, comment="Where the photo lies in the bucket."),
        sa.Column(
            "etag",
            sa.Text,
            nullable=False,
            comment="Of the photo that was checked; no other one is analysed.",
        ),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False, comment="Bytes."),
        sa.Column("width", sa.Integer, nullable=False, comment="Pixels, by the photo's header."),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("request_id", sa.Text, comment="Of the request that accepted the job."),
        sa.Column("created_at", _MOMENT, nullable=False, comment="When the job was promised."),
        sa.Column("accepted_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("published_at", _MOMENT, comment="When the broker had confirmed the job's first task."),
        sa.Column("updated_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("ended_at", _MOMENT),
        sa.Column("failure_reason", sa.Text),
        sa.Column("failure_detail", sa.Text),
        sa.Column("object_deleted_at", _MOMENT, comment="When the photo was removed, as it was old."),
        sa.CheckConstraint(
            "state IN ('queued', 'analyzing', 'identifying', 'composing', 'failed', 'done')",
            name="jobs_state",
        ),
        sa.CheckConstraint("(state IN ('failed', 'done')) = (ended_at IS NOT NULL)", name="jobs_ended"),
        sa.CheckConstraint("(state = 'failed') = (failure_reason IS NOT NULL)", name="jobs_failure"),
        schema="waste",
    )
    op.create_index("jobs_of_user", "jobs", ["user_id", sa.text("accepted_at DESC"), "id"], schema="waste")
    op.create_index("jobs_by_day", "jobs", ["accepted_at"], schema="waste")
    op.create_index(
        "jobs_open", "jobs", ["updated_at"], schema="waste", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index(
        "jobs_photos",
        "jobs",
        ["ended_at"],
        schema="waste",
        postgresql_where=sa.text("object_deleted_at IS NULL"),
    )
    op.create_table(
        "classifications",
        sa.Column("job_id", sa.Uuid, sa.ForeignKey("waste.jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("content_hash", sa.LargeBinary(32), nullable=False, comment="SHA-256 of the photo."),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("material", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False, comment="As apps.common.jobs.result.Category."),
        sa.Column("disposal_steps", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("feedback", sa.Text, comment="The final text, once it is composed."),
        sa.Column(
            "cached", sa.Boolean, nullable=False, comment="Found in the cache, without asking the model."
        ),
        sa.Column("model", sa.Text, nullable=False, comment="Which model said so, at that time or before."),
        sa.Column("model_seconds", sa.Float, comment="How long it took; null where it was not asked."),
        sa.Column("created_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name="classifications_confidence"),
        schema="waste",
    )
    op.create_index(
        "classifications_by_category", "classifications", ["category", "material"], schema="waste"
    )
    op.create_table(
        "orphaned_objects",
        sa.Column(
            "object_key", sa.Text, primary_key=True, comment="A photo whose user is gone: to be deleted."
        ),
        sa.Column("orphaned_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        schema="waste",
    )
    op.create_table(
        "daily_analytics",
        sa.Column("day", sa.Date, primary_key=True, comment="In the platform's time zone."),
        sa.Column(
            "accepted", sa.Integer, nullable=False, comment="Jobs accepted on that day; the rest is of these."
        ),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("cache_hits", sa.Integer, nullable=False),
        sa.Column("users", sa.Integer, nullable=False, comment="Distinct ones."),
        sa.Column("median_seconds", sa.Float, comment="From accepted to done; null where none was done."),
        sa.Column("p95_seconds", sa.Float),
        sa.Column("categories", postgresql.JSONB, nullable=False, comment="Jobs by category."),
        sa.Column("failures", postgresql.JSONB, nullable=False, comment="Jobs by reason of failure."),
        sa.Column(
            "hours", postgresql.JSONB, nullable=False, comment="Jobs by hour of their acceptance, 00 to 23."
        ),
        sa.Column("model_seconds", sa.Float, nullable=False, comment="Time that the model took, in all."),
        sa.Column("computed_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        schema="waste",
    )
    op.create_table(
        "statistics",
        sa.Column("period", sa.Text, nullable=False, comment="week (from Monday) or month."),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column(
            "last_day",
            sa.Date,
            nullable=False,
            comment="The last one that was counted: the period may go on.",
        ),
        sa.Column("accepted", sa.BigInteger, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("cache_hits", sa.BigInteger, nullable=False),
        sa.Column("model_seconds", sa.Float, nullable=False),
        sa.Column("categories", postgresql.JSONB, nullable=False, comment="Jobs by category."),
        sa.Column("failures", postgresql.JSONB, nullable=False, comment="Jobs by reason of failure."),
        sa.Column("computed_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("period", "first_day", name="statistics_pkey"),
        sa.CheckConstraint("period IN ('week', 'month')", name="statistics_period"),
        comment="Sums of daily_analytics, by stats.aggregate.",
        schema="waste",
    )
    op.create_table(
        "reports",
        sa.Column("period", sa.Text, primary_key=True, comment="As 2026-10, 2026-W47 or 2026-11-23."),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("csv_key", sa.Text, nullable=False, comment="Where it lies in the bucket."),
        sa.Column("json_key", sa.Text, nullable=False),
        sa.Column("accepted", sa.BigInteger, nullable=False, comment="Jobs that it is about."),
        sa.Column("created_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("first_day <= last_day", name="reports_days"),
        schema="waste",
    )
    op.execute(_HISTORY)
    op.execute("GRANT SELECT ON waste.history TO users")
    for signature, (definition, role, comment) in _FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"COMMENT ON FUNCTION waste.{signature} IS '{comment}'")
        op.execute(f"REVOKE ALL ON FUNCTION waste.{signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION waste.{signature} TO {role}")


def downgrade() -> None:
    """Forget all jobs."""
    for signature in _FUNCTIONS:
        op.execute(f"DROP FUNCTION waste.{signature}")
    op.execute("DROP VIEW waste.history")
    for table in ("reports", "statistics", "daily_analytics", "orphaned_objects", "classifications", "jobs"):
        op.drop_table(table, schema="waste")
