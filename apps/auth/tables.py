"""Schema auth: who may log in, and families of refresh tokens. No password, no name, no e-mail address."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, LargeBinary, MetaData, Table, Text, Uuid, func

SCHEMA = "auth"

metadata = MetaData(schema=SCHEMA)

_moment = DateTime(timezone=True)

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True, comment="`sub` of access tokens, and what other schemas know."),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
)

identities = Table(
    "identities",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("subject", Text, primary_key=True, comment="`sub` of the provider's id tokens."),
    Column(
        "user_id",
        Uuid,
        # Deferred, because an identity decides by its own key whether its user is new.
        ForeignKey("users.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        nullable=False,
        index=True,
    ),
    Column("last_login_at", _moment, nullable=False, server_default=func.now()),
)

families = Table(
    "families",
    metadata,
    Column("id", Uuid, primary_key=True, comment="The log-in that all tokens of the family descend from."),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
    Column("expires_at", _moment, nullable=False, index=True, comment="When its newest token expires."),
    Column("confirmed_at", _moment, comment="When the provider confirmed the id token (task oauth.verify)."),
    Column("revoked_at", _moment),
    Column("revoked_reason", Text, comment="logout, logout-all, reuse or unconfirmed."),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True, comment="SHA-256; the token itself is nowhere."),
    Column("family_id", Uuid, ForeignKey("families.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("issued_at", _moment, nullable=False, server_default=func.now()),
    Column("expires_at", _moment, nullable=False),
    Column("used_at", _moment, comment="When it was exchanged for its successor: it works once."),
    Column("access_id", Uuid, nullable=False, comment="`jti` of the access token issued with it."),
    Column("access_expires_at", _moment, nullable=False),
    Index("ix_auth_refresh_tokens_access_id", "access_id", unique=True),
)
