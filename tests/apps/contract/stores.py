"""All that the platform holds: rows, keys, messages and objects, as lines that can be compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from psycopg import sql
from redis import Redis

from tests.servers import manifests

if TYPE_CHECKING:
    from tests.servers.postgres import Database
    from tests.servers.rabbitmq import RabbitMQ
    from tests.servers.redis import Redis as RedisServer
    from tests.servers.s3.storage import S3

SCHEMAS = ["auth", "users", "waste", "beat", "dlq"]
_PASSING_SECONDS = 60


@dataclass(frozen=True)
class Content:
    """What was held at a moment.

    Attributes:
        lines: equal rows of a table without a key count.
        passing: those of keys that go by themselves within a minute.
    """

    lines: Counter[str]
    passing: frozenset[str]

    def changes(self, later: Content) -> list[str]:
        """What has come and gone since; what went by itself is none of it."""
        added = later.lines - self.lines
        gone = set(self.lines - later.lines) - self.passing
        return sorted([*(f"+ {line}" for line in added), *(f"- {line}" for line in gone)])

    def naming(self, word: str) -> list[str]:
        """The lines in which a word occurs."""
        return sorted(line for line in self.lines if word in line)


class Stores:
    """Looks into every store; use it as a context, which keeps the connections."""

    def __init__(
        self, database: Database, redis: tuple[RedisServer, ...], rabbitmq: RabbitMQ, s3: S3
    ) -> None:
        self._database, self._redis, self._rabbitmq, self._s3 = database, redis, rabbitmq, s3
        messaging = json.loads(manifests.files("messaging")["messaging.json"])
        self._queues = [*messaging["queues"], messaging["dead_letter"]["queue"]]

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._sql = stack.enter_context(self._database.connect())
            self._keys = [stack.enter_context(Redis.from_url(each.url)) for each in self._redis]
            self._channel = stack.enter_context(self._rabbitmq.connect()).channel()
            self._objects = self._s3.client()
            stack.callback(self._objects.close)
            self._rows = self._query()
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def content(self) -> Content:
        """A line for each row, key, queue and object."""
        passing, keys = set(), []
        for line, seconds in self._key_lines():
            keys.append(line)
            if 0 <= seconds <= _PASSING_SECONDS:
                passing.add(line)
        lines = Counter([*self._table_lines(), *keys, *self._queue_lines(), *self._object_lines()])
        return Content(lines, frozenset(passing))

    def _query(self) -> sql.Composed:
        tables = self._sql.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema = ANY (%s) AND table_type = 'BASE TABLE' ORDER BY 1, 2",
            [SCHEMAS],
        ).fetchall()
        assert {schema for schema, _ in tables} == set(SCHEMAS)
        return sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, t::text FROM {} AS t").format(
                sql.Literal(f"{schema}.{table}"), sql.Identifier(schema, table)
            )
            for schema, table in tables
        )

    def _table_lines(self) -> Iterator[str]:
        for table, row in self._sql.execute(self._rows):
            yield f"row of {table}: {row}"

    def _key_lines(self) -> Iterator[tuple[str, int]]:
        """With the seconds until the key goes by itself; negative when it stays."""
        for client in self._keys:
            for name in client.scan_iter(count=1000):
                value = client.get(name) if client.type(name) == b"string" else client.dump(name)
                yield f"key {name!r}: {value!r}", client.ttl(name)

    def _queue_lines(self) -> Iterator[str]:
        for queue in self._queues:
            declared = self._channel.queue_declare(queue, passive=True)
            assert declared is not None
            _, count, _ = declared
            yield f"messages in {queue}: {count}"

    def _object_lines(self) -> Iterator[str]:
        for bucket in self._s3.buckets:
            for page in self._objects.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for each in page.get("Contents", []):
                    yield f"object {bucket}/{each['Key']}: {each['ETag']}"
