"""Dead letters as an operator reads them: without secrets, and without what a terminal would obey."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from apps.common.telemetry.logging import redact
from apps.dead_letters.encoding import table_from_json
from apps.dead_letters.frames import UNREADABLE
from apps.dead_letters.store import Letter

_HEADINGS = ("ID", "AGE", "QUEUE", "TASK", "CAUSE", "STATE", "JOB")
_SHOWN_BYTES = 4000


def summary(letter: Letter) -> dict[str, object]:
    """A letter without headers and body, in terms of JSON."""
    return {
        "id": letter.id,
        "state": letter.state,
        "queue": letter.queue,
        "task": letter.task,
        "cause": letter.cause,
        "reason": letter.reason,
        "deaths": letter.deaths,
        "task_id": letter.task_id,
        "job_id": None if letter.job_id is None else str(letter.job_id),
        "request_id": letter.request_id,
        "exchange": letter.exchange,
        "routing_key": letter.routing_key,
        "first_died_at": _time(letter.first_died_at),
        "last_died_at": _time(letter.last_died_at),
        "stored_at": _time(letter.stored_at),
        "settled_at": _time(letter.settled_at),
        "bytes": len(letter.body),
    }


def whole(letter: Letter) -> dict[str, object]:
    """A letter with headers and body, secrets hidden."""
    return {
        **summary(letter),
        "properties": _properties(letter),
        "headers": _safe(table_from_json(letter.headers)),
        "body": _body(letter.body),
    }


def as_json(value: object) -> str:
    """`value` as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def table(found: Iterable[Letter], *, now: datetime) -> str:
    """The letters in aligned columns, a line a letter."""
    rows = [_HEADINGS, *(_row(letter, now) for letter in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join(_line(row, widths) for row in rows)


def page(letter: Letter) -> str:
    """Everything of one letter, for reading."""
    told = whole(letter)
    width = max(map(len, told))
    parts = [
        f"{name:<{width}}  {printable(str(value))}"
        for name, value in told.items()
        if not isinstance(value, dict | list) and name != "body" and value is not None
    ]
    for name in ("properties", "headers", "body"):
        value = told[name]
        parts += ["", f"{name}:", printable(value if isinstance(value, str) else as_json(value))]
    return "\n".join(parts)


def age(since: timedelta) -> str:
    """How long ago, in its largest unit: 45s, 12m, 3h, 9d."""
    seconds = max(0, int(since.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def printable(text: str) -> str:
    """`text` without characters that steer a terminal; line breaks stay."""
    return "".join(
        each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in text
    )


def _row(letter: Letter, now: datetime) -> tuple[str, ...]:
    return (
        str(letter.id),
        age(now - (letter.last_died_at or letter.stored_at)),
        _cell(letter.queue),
        _cell(letter.task),
        letter.cause,
        letter.state,
        str(letter.job_id or "-"),
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(text: str) -> str:
    shown = printable(text.replace("\n", " "))
    return shown if len(shown) <= 40 else f"{shown[:39]}…"


def _safe(value: object) -> object:
    return redact(None, "", {"value": value})["value"]


def _properties(letter: Letter) -> object:
    table = table_from_json(letter.properties)
    raw = table.get(UNREADABLE)
    return {UNREADABLE: _body(raw)} if isinstance(raw, bytes) else _safe(table)


def _body(body: bytes) -> object:
    try:
        return _safe(json.loads(body))
    except (ValueError, RecursionError):
        text = body[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")
        more = len(body) - _SHOWN_BYTES
        return f"{_safe(text)}{f' … and {more} bytes more' if more > 0 else ''}"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
