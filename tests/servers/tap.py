"""A relay before a server that stops what a test waits for, so that its sender can be killed just then."""

from __future__ import annotations

import re
import socket
from threading import Event, Lock, Thread
from typing import Literal

import pytest

from tests.servers.connections import hung_up, reset

Side = Literal["client", "server"]

_CHUNK = 64 * 1024
_KEPT = 512
"""Bytes of what was passed on last: a pattern may begin in one chunk and end in the next."""

_TURN = 0.02
_WAIT_SECONDS = 60


class Held:
    """A stop that was asked for: the first connection on which `side` sends what matches is held there.

    The chunk that completes the match is not passed on, nor what follows it in this direction. It goes on
    by `release`; when one of the two ends the connection first, what was held is never delivered.
    """

    def __init__(self, pattern: bytes, side: Side) -> None:
        self.side = side
        self._pattern = re.compile(pattern, re.DOTALL)
        self._reached = Event()
        self._released = Event()
        self._lock = Lock()

    def wait(self) -> None:
        """Return once somebody is held; fail the test when nobody is within a minute."""
        if not self._reached.wait(_WAIT_SECONDS):
            pytest.fail(f"nobody sent {self._pattern.pattern!r} in {_WAIT_SECONDS} s", pytrace=False)

    def release(self) -> None:
        """Let what is held go on, and hold nobody any more."""
        self._released.set()

    def takes(self, seen: bytes) -> bool:
        """Whether a connection is to be held after `seen`; true for one only."""
        if self._released.is_set() or not self._pattern.search(seen):
            return False
        with self._lock:
            first = not self._reached.is_set()
            self._reached.set()
        return first

    def keep(self, line: _Line) -> None:
        """Hold until the release, or the end of the connection."""
        while not self._released.wait(_TURN) and not line.ended():
            pass


class Tap:
    """Relays connections to `upstream`, a port of 127.0.0.1; where nobody listens, they are reset."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._holds: list[Held] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])

    def start(self) -> Tap:
        Thread(target=self._accept, name=f"tap of {self._upstream}", daemon=True).start()
        return self

    def close(self) -> None:
        """Take no more connections; those there are go on until one side ends them."""
        self.release()
        # A thread that waits in accept is woken by this alone.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def hold(self, pattern: bytes, *, side: Side = "client") -> Held:
        """Stop the first connection on which `side` sends something that matches the regular expression."""
        held = Held(pattern, side)
        self._holds.append(held)
        return held

    def release(self) -> None:
        """Release all stops."""
        for held in self._holds:
            held.release()
        self._holds.clear()

    def held_after(self, seen: bytes, side: Side) -> Held | None:
        """The stop, if any, that a connection meets after `seen`."""
        return next((each for each in tuple(self._holds) if each.side == side and each.takes(seen)), None)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._upstream), timeout=5)
            except OSError:
                reset(client)
                continue
            server.settimeout(None)
            line = _Line(client, server)
            for side in ("client", "server"):
                Thread(target=line.relay, args=(self, side), daemon=True).start()


class _Line:
    """One connection: two sockets, and a thread for each direction."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self._ends = {"client": client, "server": server}
        self._ended = Event()
        for each in self._ends.values():
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ended(self) -> bool:
        """Whether one side has closed, although what it sent before that may not be passed on yet."""
        return self._ended.is_set() or hung_up(*self._ends.values())

    def relay(self, tap: Tap, side: Side) -> None:
        source = self._ends[side]
        target = self._ends["server" if side == "client" else "client"]
        before = b""
        try:
            while chunk := source.recv(_CHUNK):
                held = tap.held_after(before + chunk, side)
                if held:
                    held.keep(self)
                    if self.ended():
                        break
                before = chunk[-_KEPT:] if held is None else b""
                target.sendall(chunk)
        except OSError:
            pass  # one of the two is gone
        finally:
            self._end()

    def _end(self) -> None:
        self._ended.set()
        for each in self._ends.values():
            # Closed under a thread that reads it, a socket would not wake it.
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
            finally:
                each.close()
