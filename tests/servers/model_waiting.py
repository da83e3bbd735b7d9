"""Where questions wait until a test has the model answer them: what happens meanwhile is up to the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from socket import socket
from threading import Event, Lock

from tests.servers.connections import hung_up

_TURN = 0.02


@dataclass
class _Guest:
    image: str
    called: Event = field(default_factory=Event)


class WaitingRoom:
    """Questions that are there, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._guests: list[_Guest] = []

    @property
    def images(self) -> Sequence[str]:
        """SHA-256 of each picture that is asked about, in hex."""
        with self._lock:
            return [each.image for each in self._guests]

    def call(self, *images: str) -> None:
        """Have these pictures answered; without any, all that wait now."""
        with self._lock:
            for each in self._guests:
                if not images or each.image in images:
                    each.called.set()

    def stay(self, image: str, connection: socket) -> bool:
        """Wait to be called; False when the client has hung up before."""
        guest = _Guest(image)
        with self._lock:
            self._guests.append(guest)
        try:
            while not guest.called.wait(_TURN):
                if hung_up(connection):
                    return False
            return True
        finally:
            with self._lock:
                self._guests.remove(guest)
