"""Servers that somebody gives by a URL instead of letting the tests start their own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import pytest


def given(variable: str) -> SplitResult | None:
    """The URL in `variable`, taken apart; None when a server is to be started."""
    url = os.environ.get(variable)
    return urlsplit(url) if url else None


def program(name: str, *, package: str, variable: str, places: str = "") -> str:
    """The path of a server's program, or the end of the test with what to install.

    Args:
        name: The program, looked for on PATH.
        package: Debian package that brings it.
        variable: Names a server to use instead.
        places: Pattern of files under / to look at beside PATH; the last one, in order of names, is taken.
    """
    found = shutil.which(name)
    if found:
        return found
    elsewhere = sorted(Path("/").glob(places)) if places else []
    if elsewhere:
        return str(elsewhere[-1])
    pytest.fail(
        f"{name} is missing: install {package} (Debian: apt-get install {package}), or name a server that is "
        f"only for tests in {variable}",
        pytrace=False,
    )


def only_own(variable: str) -> None:
    """Fail: a given server is not this run's to stop."""
    pytest.fail(f"{variable} names the server, which is not this test's to stop: unset it", pytrace=False)
