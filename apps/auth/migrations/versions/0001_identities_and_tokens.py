"""Users, their identities at the providers, and families of refresh tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)

# SECURITY DEFINER: it runs by the rights of role auth, for role users, which has no other in this schema.
# The search path is fixed, so that nobody can slip in a table of their own.
_DELETE_USER = """
CREATE FUNCTION auth.delete_user(user_id uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH deleted AS (DELETE FROM auth.users WHERE users.id = delete_user.user_id RETURNING users.id)
  SELECT EXISTS (SELECT FROM deleted);
END
"""


def upgrade() -> None:
    """Make the tables, and the function by which users-service deletes an account."""
    op.create_table(
        "users",
        sa.Column(
            "id", sa.Uuid, primary_key=True, comment="`sub` of access tokens, and what other schemas know."
        ),
        sa.Column("created_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        schema="auth",
    )
    op.create_table(
        "identities",
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True, comment="`sub` of the provider's id tokens."),
        sa.Column(
            "user_id",
            sa.Uuid,
            sa.ForeignKey("auth.users.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
            nullable=False,
            index=True,
        ),
        sa.Column("last_login_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        schema="auth",
    )
    op.create_table(
        "families",
        sa.Column(
            "id", sa.Uuid, primary_key=True, comment="The log-in that all tokens of the family descend from."
        ),
        sa.Column(
            "user_id",
            sa.Uuid,
            sa.ForeignKey("auth.users.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column(
            "expires_at", _MOMENT, nullable=False, index=True, comment="When its newest token expires."
        ),
        sa.Column(
            "confirmed_at", _MOMENT, comment="When the provider confirmed the id token (task oauth.verify)."
        ),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("revoked_reason", sa.Text, comment="logout, logout-all, reuse or unconfirmed."),
        schema="auth",
    )
    op.create_table(
        "refresh_tokens",
        sa.Column(
            "digest", sa.LargeBinary(32), primary_key=True, comment="SHA-256; the token itself is nowhere."
        ),
        sa.Column(
            "family_id",
            sa.Uuid,
            sa.ForeignKey("auth.families.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("issued_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, comment="When it was exchanged for its successor: it works once."),
        sa.Column("access_id", sa.Uuid, nullable=False, comment="`jti` of the access token issued with it."),
        sa.Column("access_expires_at", _MOMENT, nullable=False),
        schema="auth",
    )
    op.create_index(
        "ix_auth_refresh_tokens_access_id", "refresh_tokens", ["access_id"], unique=True, schema="auth"
    )
    op.execute(_DELETE_USER)
    op.execute("REVOKE ALL ON FUNCTION auth.delete_user(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION auth.delete_user(uuid) TO users")


def downgrade() -> None:
    """Forget everybody."""
    op.execute("DROP FUNCTION auth.delete_user(uuid)")
    for table in ("refresh_tokens", "families", "identities", "users"):
        op.drop_table(table, schema="auth")
