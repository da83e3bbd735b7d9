"""Mends as a reviewer can accept them: the new text of a line that the change itself touches or shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tierpolicies.engine.finding import Finding
from tierpolicies.report.model import Suggestion
from tierwright.fixing.edit import changed_line, edited
from tierwright.repository import Repository, RevisionError

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def suggestions(
    findings: Iterable[Finding], *, project: Path, repository: Repository, base: str
) -> dict[str, Suggestion]:
    """One for each finding whose mend changes a single line that is in the difference to the base.

    A forge shows a suggestion only on a line of the difference. Files are told from the repository's
    root, `project` is the folder that the description stands in. No difference, no suggestion.
    """
    found: dict[str, Suggestion] = {}
    shown: dict[str, frozenset[int]] = {}
    for finding in findings:
        mend = finding.mend
        if mend is None or finding.waived or not (project / mend.place.file).is_file():
            continue
        name = repository.name_of(project / mend.place.file)
        if name not in shown:
            shown[name] = _shown(repository, base, name)
        text = (project / mend.place.file).read_bytes().decode("utf-8", errors="replace")
        after = edited(text, mend)
        line = changed_line(text, after) if after is not None else None
        if line is not None and line[0] in shown[name]:
            found[finding.fingerprint] = Suggestion(name, *line)
    return found


def _shown(repository: Repository, base: str, name: str) -> frozenset[int]:
    """The lines of a file as it stands that a pull request shows: what changed since the two parted."""
    try:
        parted = repository.ask("merge-base", base, "HEAD").decode().strip()
    except RevisionError:
        parted = base  # a shallow clone does not know where they parted
    try:
        difference = repository.ask("diff", "--no-color", "--no-ext-diff", "--unified=3", parted, "--", name)
    except RevisionError:
        return frozenset()
    return frozenset(_lines(difference.decode("utf-8", errors="replace")))


def _lines(difference: str) -> Iterator[int]:
    for start, count in _HUNK.findall(difference):
        yield from range(int(start), int(start) + int(count or 1))
