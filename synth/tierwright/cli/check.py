"""`tierwright check`: the judge on a folder, with as much of a description as there is."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.documents.cache import Cache, cache_of
from tierpolicies.engine.settings import Settings
from tierpolicies.engine.work import Worker
from tierpolicies.judgement import UNREADABLE_BASE, judge, judge_base, versions, without_base
from tierpolicies.platform import Platform as Facts
from tierpolicies.report.model import Report, merged
from tierwright.cli import formats, terminal
from tierwright.cli.failures import UsageError
from tierwright.cli.subjects import Subject, Subjects, subjects
from tierwright.day import commit_day
from tierwright.output.errors import OutputError

if TYPE_CHECKING:
    from tierwright.cli.base import BaseTree
    from tierwright.repository import Repository

STDIN = Path("-")
LINKED = {"markdown", "summary", "html"}
"""Formats that lead to files on the web; for others git need not be asked where that is."""


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    directory: Path
    platform: Path | None = None
    environments: Sequence[str] = ()
    base: str | None = None
    today: date | None = None
    kubernetes: str | None = None
    crds: Sequence[Path] = ()
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    formats: Sequence[str] = ()
    cached: bool = True
    changed_since: str | None = None

    @property
    def is_stdin(self) -> bool:
        """Whether the manifests come on standard input."""
        return self.directory == STDIN


def run(request: Request) -> int:
    """Judge and report; returns the exit code."""
    targets = formats.targets(request.formats)
    with terminal.progress() as progress:
        progress(f"checking {request.directory}")
        found = report(request, linked=any(name in LINKED for name, _ in targets))
    for each in found.findings:
        if each.rule == UNREADABLE_BASE:  # reports may all go to files: a person must see it
            terminal.tell(each.message)
    formats.present(found, targets)
    return found.exit


def report(request: Request, *, linked: bool, worker: Worker | None = None) -> Report:
    """What the judge finds, with the way to the files in their repository; `linked`, also on the web.

    A `worker` does only a part of it, or what is left of it.
    """
    _require(request)
    wanted = _subjects(request)
    is_cached = request.cached and not request.is_stdin
    with cache_of(request.directory) if is_cached else nullcontext() as cache:
        found = _report(request, wanted, cache, worker)
    return found if request.is_stdin else _placed(found, request.directory, wanted.description, linked=linked)


def _require(request: Request) -> None:
    """What the command line names must be there, and go together."""
    if request.is_stdin and request.base is not None:
        raise UsageError("--base compares a folder with what it was; standard input has no past")
    if request.changed_since is not None and (request.is_stdin or request.base is not None):
        told = "standard input has no past" if request.is_stdin else "--base compares whole reports"
        raise UsageError(f"--changed-since tells only what a change can affect, and {told}")
    if request.base is not None and (not request.base or request.base.startswith("-")):
        raise UsageError(f"--base {request.base!r} is no revision; write for example origin/main")
    if not request.is_stdin and not request.directory.exists():
        raise OutputError(
            path=request.directory,
            reason="it does not exist",
            mend="Name the folder that holds the manifests",
        )
    for path in request.crds:
        if not path.exists():
            mend = "Name a file or folder that holds CustomResourceDefinitions"
            raise OutputError(path=path, reason="it does not exist", mend=mend)


def _subjects(request: Request) -> Subjects:
    if not request.is_stdin:
        return subjects(request.directory, description=request.platform, environments=request.environments)
    found = subjects(STDIN, description=request.platform, environments=request.environments)
    return replace(
        found, each=[replace(each, folder={"stdin": sys.stdin.buffer.read()}) for each in found.each]
    )


def _report(request: Request, wanted: Subjects, cache: Cache | None, worker: Worker | None) -> Report:
    """One report over the whole folder; every environment in it is judged by its own facts."""
    today = request.today or commit_day(Path.cwd() if request.is_stdin else request.directory)
    tree, trouble = _base(request, wanted)
    if request.changed_since is not None:
        return _changed(request, wanted, today, cache)
    parts = [
        _judged(request, each, today=today, tree=tree, cache=cache, worker=worker) for each in wanted.each
    ]
    report = parts[0] if len(parts) == 1 else merged(parts)
    if tree is not None:
        report = _with_gone(report, request, tree, today, worker)
    return without_base(report, request.base or "", trouble) if trouble else report


def _changed(request: Request, wanted: Subjects, today: date, cache: Cache | None) -> Report:
    """What a change can affect; what stands in folders and files that it does not touch is not told again."""
    from tierwright.cli.changed import change

    found = change(
        request.changed_since or "",
        request.directory,
        description=wanted.description,
        everything=bool(request.crds),
    )
    parts = []
    for each in filter(found.affects, wanted.each):
        worker = found.worker(each)
        report = _judged(request, each, today=today, tree=None, cache=cache, worker=worker)
        told = tuple(one for one in report.findings if worker is None or worker.is_told(one))
        parts.append(replace(report, findings=told))
    if not parts:
        terminal.tell(f"nothing that is checked changed since {request.changed_since}")
        return Report((), 0, versions(request.kubernetes))
    return parts[0] if len(wanted.each) == 1 else merged(parts)


def _base(request: Request, head: Subjects) -> tuple[BaseTree | None, str]:
    """The base, or why it cannot be read: then the head is judged all the same."""
    if request.base is None:
        return None, ""
    from tierwright.cli.base import base_tree
    from tierwright.description.problems import DescriptionError
    from tierwright.repository import RevisionError

    try:
        return base_tree(request.base, request.directory, head), ""
    except RevisionError as error:
        return None, str(error)
    except DescriptionError as error:
        first, left = error.problems[0], len(error.problems) - 1
        more = f", and {left} more" if left else ""
        return None, f"its {first.file}:{first.line}:{first.column}: {first.message}{more}"


def _judged(
    request: Request,
    subject: Subject,
    *,
    today: date,
    tree: BaseTree | None,
    cache: Cache | None,
    worker: Worker | None,
) -> Report:
    return judge(
        subject.folder,
        platform=subject.facts,
        today=today,
        kubernetes=request.kubernetes,
        root=None if request.is_stdin or not request.directory.is_dir() else request.directory,
        settings=_settings(request, subject.facts),
        base=tree.of(subject) if tree is not None else None,
        cache=cache,
        worker=worker,
    )


def _with_gone(
    report: Report, request: Request, tree: BaseTree, today: date, worker: Worker | None
) -> Report:
    """The report with what environments held that are no more."""
    from tierpolicies.report.comparison import compared, joined

    comparisons = [report.comparison] if report.comparison is not None else []
    for base in tree.gone():
        settings = _settings(request, tree.head.each[0].facts)
        former = judge_base(
            base, kubernetes=request.kubernetes, today=today, settings=settings, worker=worker
        )
        comparisons.append(compared(Report((), 0, former.versions), former, name=base.name))
    return replace(report, comparison=joined(comparisons))


def _settings(request: Request, facts: Facts | None) -> Settings:
    """What the description wants of the rules, narrowed by the command line."""
    described = facts.settings if facts is not None else Settings()
    return replace(
        described,
        select=_names(request.select),
        ignore=_names(request.ignore),
        crds=(*described.crds, *request.crds),
    )


def _names(given: Sequence[str]) -> tuple[str, ...]:
    """Names that may stand one by one, or together with commas between them."""
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


def _placed(report: Report, directory: Path, description: Path | None, *, linked: bool) -> Report:
    from tierwright.repository import Repository

    repository = Repository.around(directory)
    if repository is None:
        return report
    address = ""
    if linked:  # asking git takes 5 ms, for nothing where nobody links
        from tierwright.links import links

        address = links(repository, os.environ)
    if description is not None and description.resolve().is_relative_to(repository.root):
        report = replace(report, described_in=repository.prefix_of(description))
        report = _suggesting(report, repository, description.parent)
    return replace(report, prefix=repository.prefix_of(directory), links=address)


def _suggesting(report: Report, repository: Repository, project: Path) -> Report:
    """The report with the mends that a reviewer can accept on lines of the change."""
    mended = [each for each in report.findings if each.mend is not None]
    if report.comparison is None or not mended:
        return report
    from tierwright.fixing.suggestions import suggestions

    base = report.comparison.base
    return replace(report, suggestions=suggestions(mended, project=project, repository=repository, base=base))
