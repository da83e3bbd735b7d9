"""Phones that use the platform steadily, and their own count of what they were answered."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

import httpx2

from tests.e2e.app import MobileApp, photo

_BINS_PAUSE = 0.1
_PHOTO_PAUSE = 2.0
"""Seconds: below the 30 photos a minute that are taken from one person."""
_PLACES = 20
_AGAIN = 3
"""Of so many photos each is a new one once: the others are seen again."""


class Load:
    """One phone that asks for bins, and some that have photos analysed, until it is closed.

    Args:
        phones: logged-in ones; the first asks for bins.
    """

    def __init__(self, phones: list[MobileApp]) -> None:
        self._phones = phones
        self._over = Event()
        self._lock = Lock()
        self._answers: list[tuple[float, str]] = []
        self._tasks: list[tuple[float, int]] = []
        self._failures: list[str] = []
        for phone in phones:
            phone.http.event_hooks = {"response": [self._note]}
        acts = [self._look_for_bins, *(self._have_photos_analysed for _ in phones[1:])]
        self._threads = [
            Thread(target=self._repeat, args=(act, phone)) for act, phone in zip(acts, phones, strict=True)
        ]

    def start(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def close(self) -> None:
        """Stop the phones; fail when one of them was not answered as it should be."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        for phone in self._phones:
            phone.close()
        assert not self._failures, self._failures

    def requests(self, service: str, *, since: float) -> int:
        """How many requests to /api/v1/<service> were answered since a time."""
        with self._lock:
            return sum(at >= since and name == service for at, name in self._answers)

    def tasks(self, *, since: float) -> int:
        """How many tasks the photos took that had a result since a time."""
        with self._lock:
            return sum(number for at, number in self._tasks if at >= since)

    def _repeat(self, act: Callable[[MobileApp], None], phone: MobileApp) -> None:
        try:
            act(phone)
        except Exception as error:
            self._failures.append(f"{type(error).__name__}: {error}")

    def _look_for_bins(self, phone: MobileApp) -> None:
        for number in itertools.count():
            if self._over.wait(_BINS_PAUSE):
                return
            latitude = 37 + number % _PLACES / 100
            phone.ask("GET", f"/api/v1/locations/bins?latitude={latitude}&longitude=127&kind=battery")

    def _have_photos_analysed(self, phone: MobileApp) -> None:
        for number in itertools.count():
            new = number % _AGAIN == 0
            if new:
                image = photo()
            if self._over.wait(_PHOTO_PAUSE):
                return
            phone.analyze(image)
            with self._lock:
                self._tasks.append((time.time(), 3 if new else 1))  # what is in the cache asks no model

    def _note(self, answer: httpx2.Response) -> None:
        parts = answer.request.url.path.split("/")
        if parts[1:3] == ["api", "v1"]:
            with self._lock:
                self._answers.append((time.time(), parts[3]))
