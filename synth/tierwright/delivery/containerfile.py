"""What an image is made of, as its Containerfile and the ignore file beside the project say."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

IGNORED = ".containerignore"
_CONTINUED = re.compile(r"\\[ \t]*\n(?:[ \t]*#[^\n]*\n)*")
_COMMENT = re.compile(r"^[ \t]*#[^\n]*\n?", re.MULTILINE)
_OPTION = re.compile(r"--\S+\s+")


@dataclass(frozen=True, slots=True)
class Containerfile:
    """The parts of a Containerfile that say what else an image depends on.

    `sources` are the paths in the project that it copies, `arguments` the names of its build arguments,
    `stages` the names of its stages in their order.
    """

    sources: tuple[str, ...]
    arguments: tuple[str, ...]
    stages: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Containerfile:
        """The parts of a file."""
        return cls.parse(path.read_text(encoding="utf-8"))

    @classmethod
    def parse(cls, text: str) -> Containerfile:
        """The parts of a text. What is copied from another stage or image is none of the project's."""
        sources: list[str] = []
        arguments: list[str] = []
        stages: list[str] = []
        for line in _CONTINUED.sub(" ", _COMMENT.sub("", text)).splitlines():
            instruction, _, rest = line.strip().partition(" ")
            words = rest.split()
            match instruction.upper():
                case "COPY" | "ADD" if "--from=" not in rest:
                    sources += [_normal(each) for each in _copied(rest) if "://" not in each]
                case "ARG":
                    arguments += [word.partition("=")[0] for word in words]
                case "FROM" if len(words) > 2 and words[-2].upper() == "AS":
                    stages.append(words[-1])
        return cls(tuple(dict.fromkeys(sources)), tuple(dict.fromkeys(arguments)), tuple(stages))


def _copied(rest: str) -> list[str]:
    """The sources of a COPY or ADD: all but the last word; in brackets they are JSON."""
    while option := _OPTION.match(rest):
        rest = rest[option.end() :]
    if rest.startswith("["):
        try:
            return [str(each) for each in json.loads(rest)][:-1]
        except ValueError:
            pass  # what is no JSON is a name that begins so
    return rest.split()[:-1]


def _normal(path: str) -> str:
    return posixpath.normpath(path.lstrip("/")) or "."


def unused(names: Iterable[str], *, ignored: str, sources: Iterable[str]) -> set[str]:
    """The files of the project that a builder is not sent, or that no instruction copies.

    `ignored` is the text of the ignore file: the last pattern that meets a file or a folder above it decides.
    """
    wanted = [_pattern(source) for source in sources]
    rules = []
    for line in ignored.splitlines():
        text = line.strip()
        if text and not text.startswith("#"):
            rules.append((not text.startswith("!"), _pattern(_normal(text.removeprefix("!").strip()))))
    return {
        name
        for name in names
        if not any(source.match(name) for source in wanted)
        or next((is_out for is_out, pattern in reversed(rules) if pattern.match(name)), False)
    }


def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of names as Go's filepath.Match has it, and `**` for any folders; it meets all below."""
    if pattern == ".":
        return re.compile("")
    parts = []
    for part in re.split(r"(\*\*/?|\*|\?|\[[^]]*\])", pattern):
        match part:
            case "**/":
                parts.append("(?:.*/)?")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case _ if part.startswith("[") and part.endswith("]"):
                parts.append(part)
            case _:
                parts.append(re.escape(part))
    return re.compile(f"{''.join(parts)}(?:/|$)")
