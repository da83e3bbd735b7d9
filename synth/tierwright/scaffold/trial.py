"""What a changed description would be worth: made and judged in a folder of its own, before it is written."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tierpolicies.engine.finding import Finding
from tierpolicies.report.model import Report
from tierwright.day import commit_day
from tierwright.description.files import files, policy_files
from tierwright.description.loading import load
from tierwright.output.errors import naming
from tierwright.output.scratch import scratch
from tierwright.scaffold.changes import Changes
from tierwright.synthesis import Progress, synthesize


@dataclass(frozen=True)
class Verdict:
    """The judge's report on each environment of the description as it would be."""

    reports: Sequence[Report]

    @property
    def failing(self) -> list[Finding]:
        """Every unwaived error and warning."""
        return [each for report in self.reports for each in report.findings if each.fails]


NOTHING = Changes({})


def tried(root: Path, changes: Changes = NOTHING, *, progress: Progress) -> Verdict:
    """Judge the description at `root` with some changes, or as it is; the repository stays untouched.

    Raises:
        DescriptionError: the description would not be understood.
        NodeError: there is no Node for cdk8s.
        OutputError: the scratch folder cannot be written.
    """
    today = commit_day(root)
    with scratch(root) as place:
        with naming(place):
            _copy(root, place, changes)
        description = load(place)
        made = synthesize(
            description, list(description.platform.environments), today=today, progress=progress
        )
    return Verdict([each.report for each in made])


def _copy(root: Path, place: Path, changes: Changes) -> None:
    for path in [*files(root), *policy_files(root)]:
        if path.exists():
            _write(place / path.relative_to(root), path.read_bytes())
    for folder in changes.gone:
        shutil.rmtree(place / folder, ignore_errors=True)
    for name, text in changes.texts.items():
        _write(place / name, text.encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
