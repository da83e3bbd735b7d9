"""What scenes look for in the bytes that go to a broker and come from it."""

from __future__ import annotations

ACKNOWLEDGEMENT = rb"\x01..\x00\x00\x00\x0d\x00\x3c\x00\x50"
"""A frame of AMQP 0-9-1 with basic.ack: type, channel, size, class 60, method 80. A consumer sends it for a
message that it has done, the broker for one that it has taken."""

ANALYZE, IDENTIFY, GENERATE = (
    rb"ai\.image\.analyze",
    rb"ai\.classification\.identify",
    rb"ai\.feedback\.generate",
)
"""Routing keys, which stand in messages that are published and in those that are delivered."""
