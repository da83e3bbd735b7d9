"""Whatever bytes a message has for its properties, it is handed on, and so is the one after it."""

from __future__ import annotations

import struct
from types import SimpleNamespace

from hypothesis import example, given
from hypothesis import strategies as st

from apps.dead_letters.frames import UNREADABLE, tolerant_frame_handler

DELIVER = struct.pack(">HH", 60, 60)
GOOD = struct.pack(">H", 0x8000) + b"\x0atext/plain"


def frames(properties, body):
    """Of one message, as the broker delivers it."""
    yield 1, 7, DELIVER
    yield 2, 7, struct.pack(">HxxQ", 60, len(body)) + properties
    if body:
        yield 3, 7, body


@given(properties=st.binary(min_size=2) | st.binary().map(lambda rest: b"\x20\x00" + rest), body=st.binary())
@example(properties=GOOD, body=b"")
def test_every_message_is_handed_on(properties, body):
    received = []
    handle = tolerant_frame_handler(
        SimpleNamespace(bytes_recv=0),  # type: ignore[arg-type]  # all that the handler touches
        lambda *arguments: received.append(arguments[3]),
    )
    for frame in (*frames(properties, body), *frames(GOOD, b"next")):
        handle(frame)
    first, second = received
    assert (first.body or b"", second.body) == (body, b"next")  # an absent body is an empty text to amqp
    assert first.properties.get(UNREADABLE, properties) == properties
    assert second.properties == {"content_type": "text/plain"}
