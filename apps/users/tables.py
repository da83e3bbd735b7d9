"""Schema users: profiles. Who somebody is at Kakao or Google is for auth to know, their photos for waste."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    MetaData,
    Sequence,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "users"

metadata = MetaData(schema=SCHEMA)

_moment = DateTime(timezone=True)

versions = Sequence("profile_versions", metadata=metadata, schema=SCHEMA)
"""Numbers of versions, none of which comes twice, not even when a profile is deleted and made again."""

profiles = Table(
    "profiles",
    metadata,
    Column("user_id", Uuid, primary_key=True, comment="`sub` of access tokens."),
    Column("display_name", Text),
    Column("language", Text, nullable=False, server_default="ko"),
    Column("region_code", Text, comment="Code of the legal district (법정동코드), 10 digits."),
    Column("preferences", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("version", BigInteger, nullable=False, server_default=versions.next_value()),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
    Column("updated_at", _moment, nullable=False, server_default=func.now()),
    CheckConstraint("char_length(display_name) BETWEEN 1 AND 40", name="profiles_display_name"),
    CheckConstraint("language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'", name="profiles_language"),
    CheckConstraint("region_code ~ '^[0-9]{10}$'", name="profiles_region_code"),
)

deletions = Table(
    "deletions",
    metadata,
    Column("user_id", Uuid, primary_key=True, comment="No profile is made for them again."),
    Column("deleted_at", _moment, nullable=False, server_default=func.now(), index=True),
    comment="Kept for a day, while a request that was let in before may still be under way.",
)

history = Table(
    "history",
    # Of another schema, and a view: no migration of this app may know of it.
    MetaData(schema="waste"),
    Column("job_id", Uuid, primary_key=True),
    Column("user_id", Uuid),
    Column("state", Text),
    Column("item", Text),
    Column("material", Text),
    Column("category", Text),
    Column("confidence", Float),
    Column("failure_reason", Text),
    Column("accepted_at", _moment),
    Column("ended_at", _moment),
)
"""The view that waste lets role users read."""
