"""`tierwright verify`: what a change makes of dist, judged and compared, though nobody committed any dist."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from shutil import rmtree

from tierpolicies.report import github
from tierpolicies.report.markdown import MARKER
from tierpolicies.report.model import Report
from tierwright.cli import check, formats, terminal
from tierwright.cli.failures import FINDINGS, UNREADABLE, UsageError
from tierwright.cli.synth import FAILED
from tierwright.delivery.checkout import Checkout, checkout
from tierwright.delivery.release import DIST
from tierwright.description.problems import Problem
from tierwright.output import file
from tierwright.repository import Repository, RevisionError

_PEOPLE_READ = ("markdown", "summary")
_UNREADABLE = "## dist could not be made\n\nSo nothing was judged, and nothing is sure.\n"


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    base: str
    today: date | None
    formats: Sequence[str]


def run(root: Path, request: Request) -> int:
    """Synthesize a base and the commit that is checked out, apart from any folder; returns the exit code.

    Raises:
        UsageError: there is no such base, or nothing is committed.
    """
    targets = formats.targets(request.formats)
    repository = Repository.around(root)
    if repository is None:
        raise UsageError(f"{root} is in no git repository, so that there is nothing to compare with")
    head, base = _commit(repository, "HEAD"), _commit(repository, request.base)
    with checkout(repository, base, waiting=terminal.tell) as scratch:
        project = scratch.repository.root / repository.prefix_of(root)
        before = _synthesized_base(scratch, project, base, name=request.base)
        scratch.reset(head)
        told = _synthesized(project)
        if not (project / DIST).is_dir():
            _unreadable(told.stderr, targets)
            return UNREADABLE
        found = _report(project, before, request, linked=any(name in check.LINKED for name, _ in targets))
    formats.present(found, targets)
    return found.exit


def _commit(repository: Repository, revision: str) -> str:
    if not revision or revision.startswith("-"):
        raise UsageError(f"--base {revision!r} is no revision; write for example origin/main")
    try:
        return repository.commit(revision)
    except RevisionError:
        mend = "write for example origin/main, and fetch it first"
        raise UsageError(f"{revision} is no commit of this clone; {mend}") from None


def _synthesized_base(scratch: Checkout, project: Path, base: str, *, name: str) -> str:
    """A commit that nobody sees, of the base with the dist that it makes: so it is read like any other."""
    _synthesized(project)
    if not (project / DIST).is_dir():
        terminal.tell(f"the description of {name} makes no dist; compared with the dist that it holds")
        scratch.reset(base)
        return base
    return scratch.committed([scratch.repository.name_of(project / DIST)], f"The dist of {base}") or base


def _synthesized(project: Path) -> subprocess.CompletedProcess[str]:
    """Make dist in a process of its own, as own rules change between commits; what is refused counts too.

    There is none where it was not made, for whatever reason: that of the commit may be anything.
    """
    for folder in (DIST, FAILED):
        rmtree(project / folder, ignore_errors=True)
    command = [sys.executable, "-m", "tierwright", "synth", "--discard-foreign"]
    done = subprocess.run(  # noqa: S603 - our own
        command, cwd=project, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode == FINDINGS and (project / FAILED).is_dir():
        (project / FAILED).rename(project / DIST)
    return done


def _report(project: Path, before: str, request: Request, *, linked: bool) -> Report:
    wanted = check.Request(directory=Path(DIST), base=before, today=request.today, cached=False)
    with chdir(project):
        found = check.report(wanted, linked=linked)
    if found.comparison is None:
        return found
    return replace(found, comparison=replace(found.comparison, base=request.base))


def _unreadable(told: str, targets: Sequence[formats.Target]) -> None:
    """Say on stderr, and wherever a person reads the report, why there is none."""
    print(told.rstrip(), file=sys.stderr)
    for name, place in targets:
        if name in _PEOPLE_READ and place is not None:
            file.write(Path(place), f"{_UNREADABLE}\n```text\n{told.rstrip()}\n```\n\n{MARKER}\n")
        elif name == "github" and place is None:
            terminal.write("".join(f"{_annotation(each)}\n" for each in Problem.told(told)[: github.MOST]))


def _annotation(problem: Problem) -> str:
    place = ("file", problem.file), ("line", str(problem.line)), ("col", str(problem.column))
    title = ("title", "tierwright")
    return github.annotation("error", [*place, title], f"{problem.message}\n{problem.mend}")
