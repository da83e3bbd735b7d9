"""Frames of messages whose properties the client cannot read: they are handed on as the bytes that they are.

The broker takes times beyond the calendar, and text that is no UTF-8. The client raises on them out of its
reading loop, so that the same message would stand in the way for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from amqp import Connection
from amqp.basic_message import Message
from amqp.method_framing import frame_handler
from amqp.serialization import decode_properties_basic

UNREADABLE: Final = "unreadable"
"""The property that holds the bytes of all of a message's properties."""

_HEADER_FRAME: Final = 2
_FIXED: Final = 12
"""Bytes before the property flags: class, weight, and the body's size (AMQP 0-9-1, 4.2.6.1)."""

_NO_PROPERTIES: Final = b"\0\0"
Frame = tuple[int, int, bytes]
OnMethod = Callable[[int, tuple[int, int], bytes, Message | None], object]


def tolerant_frame_handler(connection: Connection, on_method: OnMethod) -> Callable[[Frame], bool]:
    """The client's own handler of frames, in front of which unreadable properties are set aside."""
    aside: dict[int, bytes] = {}

    def on_complete(channel: int, method: tuple[int, int], arguments: bytes, message: Message | None) -> None:
        raw = aside.pop(channel, None)
        if raw is not None and message is not None:
            message.properties = {UNREADABLE: raw}
        on_method(channel, method, arguments, message)

    handle = frame_handler(connection, on_complete)

    def on_frame(frame: Frame) -> bool:
        kind, channel, payload = frame
        if kind == _HEADER_FRAME and not _readable(payload):
            aside[channel] = bytes(payload[_FIXED:])
            frame = kind, channel, bytes(payload[:_FIXED]) + _NO_PROPERTIES
        return bool(handle(frame))

    return on_frame


def _readable(payload: bytes) -> bool:
    try:
        decode_properties_basic(payload, _FIXED)
    except Exception:  # whatever it stumbles over
        return False
    return True
