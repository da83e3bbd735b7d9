"""The command reference: nothing that `--help` knows is missing."""

from __future__ import annotations

import re
import subprocess
import sys

from tierwright.cli.app import app
from tierwright.reference.commands import page


def section(name: str) -> str:
    found = re.search(rf"^## tierwright {name}\n(.*?)(?=^## |\Z)", page(app), re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return found[1]


def test_every_command_and_option_of_the_help_stands_in_it() -> None:
    def told(*arguments: str) -> str:
        command = [sys.executable, "-m", "tierwright", *arguments, "--help"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    commands = re.findall(r"^  ([a-z-]+)  ", told().partition("Commands:")[2], re.MULTILINE)
    assert {"synth", "check"} <= set(commands)
    for command in commands:
        options = set(re.findall(r"^  (--[a-z-]+)", told(command), re.MULTILINE)) - {"--help"}
        assert options <= set(re.findall(r"^\| `(--[a-z-]+)", section(command), re.MULTILINE)), command


def test_a_repeated_option_and_an_argument_in_the_usage() -> None:
    usage = section("check").partition("```text\n")[2].partition("\n```")[0]
    assert usage.startswith("tierwright check [DIR] [--platform FILE] [--env E]…")


def test_a_default_is_told_once() -> None:
    assert "| `--output DIR` | Where to write them. Default: `.schemas`. |" in section("schema")
    assert "| `--env E` | An environment; may be repeated. Default: all. |" in section("synth")
