"""Waiting for what comes about by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


def eventually(condition: Callable[[], object], what: str, *, seconds: float = 30) -> None:
    """Return as soon as `condition` holds; fail the test when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s: {what}", pytrace=False)
        time.sleep(0.05)
