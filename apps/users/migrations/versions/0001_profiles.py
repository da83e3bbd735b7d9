"""Profiles, and who has been deleted lately."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables."""
    op.execute("CREATE SEQUENCE users.profile_versions")
    op.create_table(
        "profiles",
        sa.Column("user_id", sa.Uuid, primary_key=True, comment="`sub` of access tokens."),
        sa.Column("display_name", sa.Text),
        sa.Column("language", sa.Text, nullable=False, server_default="ko"),
        sa.Column("region_code", sa.Text, comment="Code of the legal district (법정동코드), 10 digits."),
        sa.Column("preferences", postgresql.JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column(
            "version",
            sa.BigInteger,
            nullable=False,
            server_default=sa.text("nextval('users.profile_versions')"),
        ),
        sa.Column("created_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("char_length(display_name) BETWEEN 1 AND 40", name="profiles_display_name"),
        sa.CheckConstraint("language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'", name="profiles_language"),
        sa.CheckConstraint("region_code ~ '^[0-9]{10}$'", name="profiles_region_code"),
        schema="users",
    )
    op.create_table(
        "deletions",
        sa.Column("user_id", sa.Uuid, primary_key=True, comment="No profile is made for them again."),
        sa.Column("deleted_at", _MOMENT, nullable=False, server_default=sa.func.now(), index=True),
        schema="users",
        comment="Kept for a day, while a request that was let in before may still be under way.",
    )


def downgrade() -> None:
    """Forget all profiles."""
    op.drop_table("deletions", schema="users")
    op.drop_table("profiles", schema="users")
    op.execute("DROP SEQUENCE users.profile_versions")
