"""The stored dead letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of dead letters."""
    op.create_table(
        "letters",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column(
            "fingerprint",
            sa.LargeBinary,
            nullable=False,
            comment="The same for a message that comes again.",
        ),
        sa.Column(
            "copy",
            sa.Integer,
            nullable=False,
            comment="Counts messages without an id that look exactly the same.",
        ),
        sa.Column("stored_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("queue", sa.Text, nullable=False, comment="Where it died."),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, comment="The broker's own word for its last death."),
        sa.Column("deaths", sa.BigInteger, nullable=False),
        sa.Column("first_died_at", _MOMENT),
        sa.Column("last_died_at", _MOMENT),
        sa.Column("exchange", sa.Text, nullable=False, comment="Where it had been published."),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("task_id", sa.Text),
        sa.Column("job_id", sa.Uuid),
        sa.Column("request_id", sa.Text),
        sa.Column("properties", sa.JSON, nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column(
            "job_marked", sa.Boolean, nullable=False, server_default=sa.false(), comment="Its job was told."
        ),
        sa.Column("state", sa.Text, nullable=False, server_default="stored"),
        sa.Column("settled_at", _MOMENT, comment="When it was replayed or discarded."),
        sa.UniqueConstraint("fingerprint", "copy", name="letters_fingerprint_copy"),
        sa.CheckConstraint("state IN ('stored', 'replayed', 'discarded')", name="letters_state"),
        sa.CheckConstraint("(state = 'stored') = (settled_at IS NULL)", name="letters_settled"),
        schema="dlq",
    )
    op.create_index(
        "letters_waiting", "letters", ["id"], schema="dlq", postgresql_where=sa.text("state = 'stored'")
    )
    op.create_index(
        "letters_untold",
        "letters",
        ["id"],
        schema="dlq",
        postgresql_where=sa.text("job_id IS NOT NULL AND job_marked = false"),
    )


def downgrade() -> None:
    """Forget the dead letters."""
    op.drop_table("letters", schema="dlq")
