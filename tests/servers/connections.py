"""How connections end: seeing that the other side is gone, and going without a good-bye."""

from __future__ import annotations

import select
import struct
from socket import SO_LINGER, SOL_SOCKET, socket


def hung_up(*connections: socket) -> bool:
    """Whether the other side of one of them has closed, whatever it sent before and nobody has read yet."""
    poll = select.poll()
    for each in connections:
        if each.fileno() >= 0:
            poll.register(each, select.POLLRDHUP)
    return bool(poll.poll(0))


def reset(connection: socket) -> None:
    """Close so that the other side gets a reset instead of an orderly end."""
    connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
