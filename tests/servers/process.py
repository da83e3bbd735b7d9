"""A program run by a test: exactly the environment it was given, its log in a file, its end certain."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

STARTED: weakref.WeakSet[Process] = weakref.WeakSet()
"""Every process of this test run, so that a failing test can show what they wrote."""

_TAIL_BYTES = 6000


class Process:
    """A program that has not started yet; `start` may be called again after it ended.

    Args:
        command: What to run; found on PATH, where the programs of this virtual environment come first.
        environment: All it sees beside PATH and HOME.
        log: File that receives stdout and stderr, appended to at each start.
        directory: Working directory, the repository's root by default.
        user: Name of the user it runs as, when the tests run as root.
        end_signal: What `terminate` sends, and what the kernel sends when the test run itself is killed.
        name: What messages call it; the program's name when not given.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        log: Path,
        directory: Path = REPOSITORY,
        user: str | None = None,
        end_signal: signal.Signals = signal.SIGTERM,
        name: str = "",
    ) -> None:
        self.command = list(command)
        self.environment = dict(environment)
        self.log = log
        self._directory = directory
        self._user = user if os.geteuid() == 0 else None
        self._end_signal = end_signal
        self._name = name or Path(self.command[0]).name
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> Process:
        if self.running:
            return self
        self._running = _starter().submit(self._spawn).result()
        STARTED.add(self)
        return self

    @property
    def running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    @property
    def pid(self) -> int:
        """The process's id.

        Raises:
            RuntimeError: it was never started.
        """
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, negative for a signal; None while it runs."""
        return self._popen.poll()

    def wait_ready(self, url: str, *, seconds: float = 30) -> Process:
        """Wait until `url` answers 200; fail the test with the log's tail when it does not."""
        return self.wait_until(lambda: _answers(url), f"{url} answers 200", seconds=seconds)

    def wait_until(self, ready: Callable[[], bool], what: str, *, seconds: float = 30) -> Process:
        """Wait until `ready()`; fail the test when the process ends first or `seconds` have passed."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                pytest.fail(
                    f"{self} ended with code {self.exit_code} before {what}\n{self.tail()}", pytrace=False
                )
            if time.monotonic() > deadline:
                pytest.fail(f"{self}: not within {seconds:.0f} s: {what}\n{self.tail()}", pytrace=False)
            time.sleep(0.05)
        return self

    def wait(self, *, seconds: float = 30) -> int:
        """Wait for the process to end by itself and return its exit code."""
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            pytest.fail(f"{self} still runs after {seconds:.0f} s\n{self.tail()}", pytrace=False)

    def terminate(self, *, seconds: float = 30) -> int:
        """Ask the process to end, as Kubernetes does, and return its exit code; kill it after `seconds`.

        What it started itself ends with it.
        """
        popen = self._popen
        if self.running:
            self.resume()
            popen.send_signal(self._end_signal)
            try:
                popen.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self.kill()
        return popen.wait()

    def kill(self) -> None:
        """End the process and all it started, without a chance to tidy up; returns when all are gone."""
        _signal_group(self.pid, signal.SIGKILL)
        self._popen.wait()
        # What it started dies a moment later, and listens until then.
        while _group_lives(self.pid):
            time.sleep(0.01)

    def pause(self) -> None:
        """Let it hang: connections are accepted by the kernel, and nothing answers."""
        _signal_group(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        _signal_group(self.pid, signal.SIGCONT)

    def tail(self) -> str:
        """The end of the log."""
        if not self.log.exists():
            return ""
        return self.log.read_bytes()[-_TAIL_BYTES:].decode(errors="replace")

    def __str__(self) -> str:
        return self._name

    def _spawn(self) -> subprocess.Popen[bytes]:
        surroundings = {"PATH": _path(), "HOME": os.environ.get("HOME", "/tmp")}  # noqa: S108
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*_bound_to_this_run(self._end_signal), *self.command],
                cwd=self._directory,
                env=surroundings | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
            )

    @property
    def _popen(self) -> subprocess.Popen[bytes]:
        if self._running is None:
            message = f"{self} was not started: call start()"
            raise RuntimeError(message)
        return self._running


@cache
def _starter() -> ThreadPoolExecutor:
    """The thread that starts every program: the kernel ends them when it ends, as if it were the process."""
    return ThreadPoolExecutor(1, "starter")


def _path() -> str:
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))


def _bound_to_this_run(end_signal: signal.Signals) -> list[str]:
    """What starts a program so that it does not outlive a test run that is killed (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--pdeathsig={end_signal.name.removeprefix('SIG')}", "--"] if setpriv else []


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return


def _group_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - the test's own server
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
