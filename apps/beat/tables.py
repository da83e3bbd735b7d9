"""The stored schedule, in schema beat."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, MetaData, Table, Text, Uuid, false, func

SCHEMA = "beat"

metadata = MetaData(schema=SCHEMA)

schedule = Table(
    "schedule",
    metadata,
    Column("task", Text, primary_key=True),
    Column("cron", Text, nullable=False, comment="Five fields; the platform's description is their source."),
    Column("timezone", Text, nullable=False),
    Column("paused", Boolean, nullable=False, server_default=false()),
    Column(
        "last_due_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=func.now(),
        comment="The planned time up to which the task was sent: what is due later is still to be sent.",
    ),
    Column("last_sent_at", DateTime(timezone=True), comment="When the broker confirmed the last message."),
    Column("last_task_id", Uuid),
    Column(
        "requested_at", DateTime(timezone=True), comment="When an operator asked for a run beside the plan."
    ),
)
