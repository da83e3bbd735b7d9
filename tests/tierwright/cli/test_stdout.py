"""Standard output that nobody reads, that is full or closed: told in a line, never in a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tierwright.cli.conftest import Project

COMMANDS = [["graph"], ["check"], ["check", "--format", "json"], ["explain", "budget"], ["synth"]]


def shell(project: Project, arguments: list[str], redirection: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *project.command(*arguments)],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_disk_is_one_line(shipped: Project, arguments: list[str]) -> None:
    answer = shell(shipped, arguments, ">/dev/full")
    assert answer.stderr == "tierwright: standard output cannot be written: No space left on device\n"
    assert answer.returncode == 3


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_closed_output_is_one_line(shipped: Project, arguments: list[str]) -> None:
    answer = shell(shipped, arguments, ">&-")
    assert answer.stderr.startswith("tierwright: standard output is closed")
    assert answer.stderr.count("\n") == 1
    assert answer.returncode == 3


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_reader_that_left_ends_it_quietly(shipped: Project, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    answer = subprocess.run(
        shipped.command(*arguments),
        cwd=shipped.root,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (answer.returncode, answer.stderr) == (141, b"")


def test_an_interrupt_while_the_command_line_is_imported_is_quiet() -> None:
    interrupted = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, *rest):
        if name == "tierwright.cli.app":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from tierwright.cli import main
main()
"""
    answer = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, check=False)
    assert (answer.returncode, answer.stderr) == (128 + signal.SIGINT, b"")
