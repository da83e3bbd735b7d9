"""Files that are written from a pattern: folders of `<file>.in`, in which `@word@` stands for a value.

A project's own folder `templates/<name>` takes the place of the one that is shipped, so that new apps look
like those that are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from tierwright.output.errors import naming

FOLDER = "templates"
_SHIPPED = Path(__file__).with_name(FOLDER)
_SUFFIX = ".in"
_WORD = re.compile(r"@([a-z_]+)@")


class TemplateError(Exception):
    """A template asks for a value that there is none of."""


def rendered(name: str, values: Mapping[str, str], *, project: Path | None = None) -> dict[str, str]:
    """The texts of a template's files, by their paths in the repository.

    Raises:
        TemplateError: a file asks for a value that is not among `values`.
        OutputError: a file cannot be read.
    """
    folder = _folder(name, project)
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob(f"*{_SUFFIX}")):
        with naming(path):
            held = path.read_bytes().decode("utf-8", errors="replace")
        way = PurePosixPath(path.relative_to(folder).as_posix()).with_suffix("")
        texts[_filled(str(way), values, path)] = _filled(held, values, path)
    return texts


def _folder(name: str, project: Path | None) -> Path:
    own = project / FOLDER / name if project is not None else None
    return own if own is not None and own.is_dir() else _SHIPPED / name


def _filled(text: str, values: Mapping[str, str], path: Path) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            known = ", ".join(f"@{each}@" for each in sorted(values))
            raise TemplateError(f"{path}: nothing is known of {match[0]}; write one of {known}")
        return values[match[1]]

    return _WORD.sub(value, text)
