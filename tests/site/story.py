"""A page of the site, played as a story: its commands run, its files are written, its answers come.

What a reader would do by hand stands in fenced blocks, and is done in their order in one folder:

- `sh` runs, and ends with 0 or what `{.sh exit=1}` says;
- `text` right below it is what it prints: each line stands in the answer, in this order; `…` stands for
  whatever there is;
- a block with a `title` is a file, written as it stands; `diff` is applied.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_INFO = re.compile(r"^\{?\s*\.?(?P<language>[a-z]+)(?P<rest>.*?)\}?$")
_ATTRIBUTE = re.compile(r'([a-z]+)="?([^"\s}]+)"?')


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    body: str
    attributes: dict[str, str]
    line: int


@dataclass(frozen=True)
class Answer:
    """What a script printed, on both streams as a person sees them."""

    exit: int
    text: str


def blocks(page: str) -> Iterator[Block]:
    for match in _FENCE.finditer(page):
        info = _INFO.match(match["info"].strip())
        assert info is not None, f"a fence that names no language: {match['info']}"
        attributes = dict(_ATTRIBUTE.findall(info["rest"]))
        yield Block(info["language"], match["body"], attributes, page.count("\n", 0, match.start()) + 1)


def play(page: str, folder: Path, *, path: str) -> int:
    """Plays a page in a folder; returns how many scripts ran.

    Raises:
        AssertionError: a script ends or answers otherwise than the page says; it names the line.
    """
    answer: Answer | None = None
    ran = 0
    for block in blocks(page):
        where = f"line {block.line}"
        if block.language == "sh":
            answer = _run(block.body, folder, path)
            ran += 1
            wanted = int(block.attributes.get("exit", "0"))
            assert answer.exit == wanted, f"{where}: exit {answer.exit}, not {wanted}\n{answer.text}"
        elif block.language == "text":
            assert answer is not None, f"{where}: an answer without a command"
            missing = first_missing(block.body, answer.text)
            assert missing is None, f"{where}: {missing!r} is not in the answer\n{answer.text}"
        elif block.language == "diff":
            _apply(block.body, folder, where)
        elif "title" in block.attributes:
            file = folder / block.attributes["title"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.body, encoding="utf-8")
    return ran


def first_missing(wanted: str, answer: str) -> str | None:
    """The first line of what is wanted that does not follow in the answer; None where all do."""
    rest = [" ".join(line.split()) for line in answer.splitlines()]
    for line in wanted.splitlines():
        pattern = ".*".join(re.escape(part.strip()) for part in " ".join(line.split()).split("…"))
        place = next((n for n, each in enumerate(rest) if re.search(pattern, each)), None)
        if place is None:
            return line
        if pattern != ".*":
            rest = rest[place + 1 :]
    return None


def _run(script: str, folder: Path, path: str) -> Answer:
    variables = os.environ | {"PATH": path, "COLUMNS": "120", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return Answer(done.returncode, done.stdout)


def _apply(change: str, folder: Path, where: str) -> None:
    done = subprocess.run(
        ["git", "apply", "-p0", "--recount", "--unidiff-zero", "-"],
        cwd=folder,
        input=change,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{where}: the change does not apply: {done.stderr}"
