"""Settled letters are found by their age, to be removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Index when letters were settled."""
    op.create_index(
        "letters_old",
        "letters",
        ["settled_at"],
        schema="dlq",
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Find them the slow way."""
    op.drop_index("letters_old", "letters", schema="dlq")
