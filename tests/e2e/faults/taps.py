"""Where connections can be stopped, and by which bytes a scene knows the step that it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.tap import Held, Tap

ACKNOWLEDGEMENT = rb"\x01..\x00\x00\x00\x0d\x00\x3c\x00\x50"
"""A frame of AMQP 0-9-1 with basic.ack: type, channel, size, class 60, method 80. A consumer sends it for a
message that it has done, the broker for one that it has taken."""

ANALYZE, IDENTIFY, GENERATE = (
    rb"ai\.image\.analyze",
    rb"ai\.classification\.identify",
    rb"ai\.feedback\.generate",
)
"""Routing keys, which stand in messages that are published and in those that are delivered."""

ANSWER, RESULT = rb"SET\r\n\$\d+\r\nanswer:", rb"SET\r\n\$\d+\r\nresult:"
"""Commands to Redis: what the model said is kept, what a job came to is told."""


@dataclass(frozen=True, kw_only=True)
class Taps:
    """What connections go through: the ai-worker's, and to the broker those of waste-service."""

    amqp: Tap
    redis: Tap
    s3: Tap
    submissions: Tap

    def hold_download(self, job: str = "") -> Held:
        """Stop the worker where it asks the storage for a job's photo; for that of any job by default."""
        return self.s3.hold(f"GET /[^ ]*uploads/{job}".encode())

    def release(self) -> None:
        for each in (self.amqp, self.redis, self.s3, self.submissions):
            each.release()
