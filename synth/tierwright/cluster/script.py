"""A script of bash in sections, each of which can be read and run by itself."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tierpolicies.documents.nodes import Value

_WIDTH = 110


@dataclass(frozen=True)
class Section:
    """A step: what it is, why it is needed, and its lines of bash."""

    title: str
    why: Sequence[str]
    lines: Sequence[str]


def script(heading: Sequence[str], sections: Iterable[Section]) -> str:
    """The whole script; sections without lines are left out, the others are numbered."""
    parts = ["\n".join(["#!/usr/bin/env bash", *(f"# {line}" for line in heading), "set -euo pipefail"])]
    kept = [each for each in sections if each.lines]
    for number, each in enumerate(kept, start=1):
        comments = [f"# {number}. {each.title}", *(f"#    {line}" for line in each.why)]
        parts.append("\n".join([*comments, *each.lines]))
    return "\n\n".join(parts) + "\n"


def document(value: Value) -> str:
    """A value as JSON in quotes of the shell."""
    return shlex.quote(json.dumps(value, separators=(",", ":")))


def variable(name: str) -> str:
    """The shell variable that stands for something of a name."""
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")


def wanted(name: str, what: str) -> str:
    """The line that ends the script where a variable is not set, and says what it is."""
    return f': "${{{name}:?{what}}}"'
