"""Free TCP ports of the loopback interface."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from functools import cache
from pathlib import Path

_PORTS = range(20000, 32000)
"""Below what Linux gives to outgoing connections: a stopped server finds its port free again."""


class _Given:
    """Which ports are given away, on this machine: a server may listen on its port only later, or again.

    Each port is a byte of one file, which the process that has the port keeps locked until it ends.
    """

    def __init__(self) -> None:
        self._ours: set[int] = set()
        place = Path(tempfile.gettempdir(), f"tests-ports-{os.getuid()}")
        self._file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, port: int) -> bool:
        if port in self._ours:
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            return False
        self._ours.add(port)
        return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, and that no other test run of this user is given."""
    while True:
        port = random.choice(_PORTS)
        if _given().take(port) and _unused(port):
            return port


def accepts(port: int) -> bool:
    """Whether somebody answers on `port` of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@cache
def _given() -> _Given:
    return _Given()


def _unused(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
