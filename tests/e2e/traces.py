"""What is left of somebody: rows, keys and objects in which one of these words occurs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from tests.servers.postgres import Postgres
    from tests.servers.redis import Redis
    from tests.servers.s3.storage import S3

SCHEMAS = ["auth", "users", "waste", "beat", "dlq"]
PASSING = ("revoked:", "rate:", "answer:")
"""Keys that outlive an account and go by themselves: that its tokens are refused, how often it asked in this
minute, and what the model said of a content, with the job that asked."""

TOMBSTONES = "users.deletions"
"""That an account was deleted, kept for a day: a request under way must not make it again."""


@dataclass(frozen=True)
class Stores:
    """Everything that the platform keeps something in."""

    postgres: Postgres
    database: str
    redis: tuple[Redis, ...]
    s3: S3

    def traces(self, words: Collection[str]) -> set[str]:
        """Tables, keys and objects in which one of the words occurs."""
        return {*self._tables(words), *self._keys(words), *self._objects(words)}

    def _tables(self, words: Collection[str]) -> Iterator[str]:
        with self.postgres.connect(self.database) as connection:
            tables = connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables"
                " WHERE table_schema = ANY (%s) AND table_type = 'BASE TABLE'",
                [SCHEMAS],
            ).fetchall()
            for schema, table in tables:
                query = sql.SQL("SELECT count(*) FROM {} AS r WHERE r::text LIKE ANY (%s)").format(
                    sql.Identifier(schema, table)
                )
                row = connection.execute(query, [[f"%{word}%" for word in words]]).fetchone()
                if row and row[0] and f"{schema}.{table}" != TOMBSTONES:
                    yield f"table {schema}.{table}"

    def _keys(self, words: Collection[str]) -> Iterator[str]:
        for server in self.redis:
            with server.client() as client:
                for key in map(str, client.scan_iter(count=1000)):
                    held = key + (str(client.get(key)) if client.type(key) == "string" else "")
                    passing = key.startswith(PASSING) and client.ttl(key) > 0
                    if not passing and any(word in held for word in words):
                        yield f"key {key}"

    def _objects(self, words: Collection[str]) -> Iterator[str]:
        client = self.s3.client()
        for bucket in self.s3.buckets:
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                names = (each["Key"] for each in page.get("Contents", []))
                yield from (f"object {bucket}/{name}" for name in names if any(map(name.count, words)))
