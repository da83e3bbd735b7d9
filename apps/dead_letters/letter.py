"""What a dead letter tells of itself: where and why it died, which task and job it was."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from apps.common.messaging import Messaging, MessagingError
from apps.dead_letters.encoding import to_json
from apps.dead_letters.frames import UNREADABLE

UNKNOWN = "unknown"
REPLAY_HEADER = "x-replay"
"""Says of a replayed message which letter it was: should it die again, it is a letter of its own."""

CAUSES = (
    "rejected",
    "expired",
    "delivery-limit",
    "queue-full",
    "unknown-task",
    "undecodable",
    "sent-directly",
)
"""Why a message is a dead letter. The broker knows only the first four; the last did not die in a queue."""

_BROKERS_CAUSES = {
    "rejected": "rejected",
    "expired": "expired",
    "delivery_limit": "delivery-limit",
    "maxlen": "queue-full",
}
_DELAY = re.compile(r"^celery_delayed_")
_DELAYED_KEY = re.compile(r"^(?:[01]\.)+")
_LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message as it came from the queue of dead letters."""

    queue: str
    task: str
    cause: str
    reason: str
    deaths: int
    first_died_at: datetime | None
    last_died_at: datetime | None
    exchange: str
    routing_key: str
    task_id: str | None
    job_id: UUID | None
    request_id: str | None
    properties: Mapping[str, object]
    headers: Mapping[str, object]
    body: bytes

    @property
    def unreadable(self) -> bool:
        """Whether nothing but bytes is known of its properties: so no worker can read it either."""
        return UNREADABLE in self.properties

    @property
    def fingerprint(self) -> bytes:
        """The same each time that this death of this message is delivered, and for no other death."""
        what = [
            self.properties.get("message_id"),
            self.properties.get("correlation_id"),
            self.task_id,
            hashlib.sha256(self.body).hexdigest(),
            to_json(self.properties.get(UNREADABLE)),
            to_json(self.headers.get("x-death")),
            to_json(self.headers.get(REPLAY_HEADER)),
        ]
        return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).digest()


def read(body: bytes, properties: Mapping[str, object], messaging: Messaging) -> DeadLetter:
    """What the message with these AMQP properties, `application_headers` among them, was.

    Nothing in it is trusted: whatever is missing or misshapen is told as such, never an error.
    """
    headers = _table(properties.get("application_headers"))
    deaths = [_table(each) for each in _list(headers.get("x-death"))]
    # A task that was tried again has died in the queues that delay it, too.
    real = [each for each in deaths if not _DELAY.match(_text(each.get("queue")) or "")]
    last = next(
        (each for each in real if each.get("queue") == headers.get("x-last-death-queue")),
        real[0] if real else {},
    )
    times = sorted(moment for each in real if (moment := _moment(each.get("time"))) is not None)
    arguments = _arguments(body)
    readable = arguments is not None and properties.get("content_type") == "application/json"
    task = _text(headers.get("task"))
    reason = _text(last.get("reason")) or UNKNOWN
    routing_keys = _list(last.get("routing-keys"))
    return DeadLetter(
        queue=_text(last.get("queue")) or UNKNOWN,
        task=task or UNKNOWN,
        cause=_cause(task, reason, messaging, readable=readable),
        reason=reason,
        deaths=sum(_count(each.get("count")) for each in real),
        first_died_at=times[0] if times else None,
        last_died_at=_moment(last.get("time")),
        exchange=_text(last.get("exchange")) or "",
        routing_key=_DELAYED_KEY.sub("", (_text(routing_keys[0]) or "") if routing_keys else ""),
        task_id=_text(headers.get("id")) or _text(properties.get("correlation_id")),
        job_id=_uuid(headers.get("job_id")) or _uuid((arguments or {}).get("job_id")),
        request_id=_text(headers.get("request_id")),
        properties={name: value for name, value in properties.items() if name != "application_headers"},
        headers=headers,
        body=body,
    )


def known_task(task: str, messaging: Messaging) -> bool:
    """Whether some queue has it."""
    try:
        messaging.task(task)
    except MessagingError:
        return False
    return True


def _cause(task: str | None, reason: str, messaging: Messaging, *, readable: bool) -> str:
    if task is None or not readable:
        return "undecodable"
    if not known_task(task, messaging):
        return "unknown-task"
    return _BROKERS_CAUSES.get(reason, "sent-directly")


def _arguments(body: bytes) -> Mapping[str, object] | None:
    """The keyword arguments of the task; None when this is no task's message."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match message:
        case [list(), dict(arguments), dict()]:
            return arguments
        case _:
            return None


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    """`value` as PostgreSQL can store it: no NUL, no half of a surrogate pair, not endless."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str) or not value:
        return None
    return value[:_LONGEST].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 2**31 else 1
