"""The stored dead letters, in schema dlq."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
)

SCHEMA = "dlq"

metadata = MetaData(schema=SCHEMA)

letters = Table(
    "letters",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False, comment="The same for a message that comes again."),
    Column(
        "copy", Integer, nullable=False, comment="Counts messages without an id that look exactly the same."
    ),
    Column("stored_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("queue", Text, nullable=False, comment="Where it died."),
    Column("task", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("reason", Text, nullable=False, comment="The broker's own word for its last death."),
    Column("deaths", BigInteger, nullable=False),
    Column("first_died_at", DateTime(timezone=True)),
    Column("last_died_at", DateTime(timezone=True)),
    Column("exchange", Text, nullable=False, comment="Where it had been published."),
    Column("routing_key", Text, nullable=False),
    Column("task_id", Text),
    Column("job_id", Uuid),
    Column("request_id", Text),
    # Text as it was sent, not jsonb: that holds no NUL, and orders keys by its own rule.
    Column("properties", JSON, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("job_marked", Boolean, nullable=False, server_default=false(), comment="Its job was told."),
    Column("state", Text, nullable=False, server_default="stored"),
    Column("settled_at", DateTime(timezone=True), comment="When it was replayed or discarded."),
    UniqueConstraint("fingerprint", "copy", name="letters_fingerprint_copy"),
    CheckConstraint("state IN ('stored', 'replayed', 'discarded')", name="letters_state"),
    CheckConstraint("(state = 'stored') = (settled_at IS NULL)", name="letters_settled"),
)

Index("letters_old", letters.c.settled_at, postgresql_where=letters.c.settled_at.is_not(None))
Index("letters_waiting", letters.c.id, postgresql_where=letters.c.state == "stored")
Index(
    "letters_untold",
    letters.c.id,
    postgresql_where=letters.c.job_id.is_not(None) & (letters.c.job_marked == false()),
)
