"""AMQP tables as JSON, and back again without loss: headers must survive until a replay."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

_BYTES, _TIME, _DECIMAL, _FLOAT, _TABLE = "$bytes", "$time", "$decimal", "$float", "$table"
_MARKS = frozenset({_BYTES, _TIME, _DECIMAL, _FLOAT, _TABLE})


def to_json(value: object) -> object:
    """`value` in terms of JSON; what JSON has no word for becomes an object of one `$…` key."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else {_FLOAT: str(value)}
        case bytes() | bytearray() | memoryview():
            return {_BYTES: base64.b64encode(bytes(value)).decode()}
        case datetime():
            return {_TIME: _utc(value).isoformat()}
        case Decimal():
            return {_DECIMAL: str(value)}
        case Mapping():
            table = {_key(key): to_json(inner) for key, inner in value.items()}
            return {_TABLE: table} if len(table) == 1 and not _MARKS.isdisjoint(table) else table
        case list() | tuple():
            return [to_json(inner) for inner in value]
        case _:
            return str(value)


def from_json(value: object) -> object:
    """What `to_json` was given. Times are naive and in UTC, as amqp's own are."""
    match value:
        case list():
            return [from_json(inner) for inner in value]
        case {"$bytes": str(text), **rest} if not rest:
            return base64.b64decode(text)
        case {"$time": str(text), **rest} if not rest:
            return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
        case {"$decimal": str(text), **rest} if not rest:
            return Decimal(text)
        case {"$float": str(text), **rest} if not rest:
            return float(text)
        case {"$table": dict(table), **rest} if not rest:
            return {key: from_json(inner) for key, inner in table.items()}
        case dict():
            return {key: from_json(inner) for key, inner in value.items()}
        case _:
            return value


def table_from_json(value: object) -> dict[str, object]:
    """A table that `to_json` was given; empty for whatever is none."""
    table = from_json(value)
    return table if isinstance(table, dict) else {}


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _key(key: object) -> str:
    return key.decode("latin-1") if isinstance(key, bytes) else str(key)
