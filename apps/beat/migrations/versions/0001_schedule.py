"""The stored schedule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table that holds each scheduled task and its last run."""
    op.create_table(
        "schedule",
        sa.Column("task", sa.Text, primary_key=True),
        sa.Column(
            "cron",
            sa.Text,
            nullable=False,
            comment="Five fields; the platform's description is their source.",
        ),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column(
            "last_due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
            comment="The planned time up to which the task was sent: what is due later is still to be sent.",
        ),
        sa.Column(
            "last_sent_at", sa.DateTime(timezone=True), comment="When the broker confirmed the last message."
        ),
        sa.Column("last_task_id", sa.Uuid),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            comment="When an operator asked for a run beside the plan.",
        ),
        schema="beat",
    )


def downgrade() -> None:
    """Forget the schedule and its last runs."""
    op.drop_table("schedule", schema="beat")
