"""`tierwright fix`: mends that need no judgement, written into the description once a check proved them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tierpolicies.engine.finding import Finding
from tierpolicies.report.model import Report
from tierwright.cli import choice, terminal
from tierwright.cli.failures import CLEAN, FINDINGS, UNREADABLE, first_of
from tierwright.day import commit_day
from tierwright.description.loading import load
from tierwright.description.problems import DescriptionError
from tierwright.fixing.session import Fixable, Session, State, problems
from tierwright.output import file
from tierwright.synthesis import synthesize

Progress = Callable[[str], None]


def run(root: Path, environments: Sequence[str], *, diff: bool) -> int:
    """Mend the description at `root`, or only show how; returns the exit code.

    0 when nothing is left to mend by hand, 1 otherwise, 3 when the description still cannot be
    understood; with `diff` 1 also when there is something to mend. Nothing is written before every mend
    has been proved.
    """
    with terminal.progress() as progress:
        session = Session(root, _checker(root, environments, progress))
        try:
            left = session.run()
        except DescriptionError as error:
            left = problems(error)
    changed = {name: (session.original(name), text) for name, text in sorted(session.texts.items())}
    if diff:
        terminal.write("".join(_difference(name, *texts) for name, texts in changed.items()))
    else:
        for name, (_, text) in changed.items():
            file.write(root / name, text)
    terminal.show(_told(session, left, diff=diff))
    if not left.readable:
        return UNREADABLE
    return FINDINGS if left.found or (diff and changed) else CLEAN


def _checker(
    root: Path, environments: Sequence[str], progress: Progress
) -> Callable[[Mapping[str, str]], State]:
    today = commit_day(root)

    def check(texts: Mapping[str, str]) -> State:
        try:
            description = load(root, texts=texts)
            chosen = choice.environments(environments, description.platform.environments)
            made = synthesize(description, chosen, today=today, progress=progress)
        except DescriptionError as error:
            return problems(error)
        return State(readable=True, found=tuple(each for one in made for each in _failing(one.report)))

    return check


def _failing(report: Report) -> list[Fixable]:
    return [
        Fixable(each.fingerprint, f"{_place(each)}: {each.rule}: {each.message}", each.mend)
        for each in report.findings
        if each.fails
    ]


def _place(finding: Finding) -> str:
    """Where the mend goes: in the description, where that is known."""
    if finding.mend is not None:
        return f"{finding.mend.place.file}:{finding.mend.place.line}"
    return str(finding.subject or finding.file)


def _told(session: Session, left: State, *, diff: bool) -> str:
    """A line a mend, then what remains."""
    done = "would be mended" if diff else "mended"
    lines = [f"{done}: {told}" for told in dict.fromkeys(each.told for each in session.done)]
    lines += [f"not mended, for a check did not confirm it: {each.told}" for each in session.refused]
    if not session.done and not session.refused:
        lines.append("nothing can be mended without judgement")
    if left.found:
        told = dict.fromkeys(each.told for each in left.found)
        noun = "finding" if left.readable else "problem of the description"
        lines.append(f"left for you: {len(told)} {noun}{'s' * (len(told) != 1)}")
        lines += [f"  {each}" for each in first_of(list(told))]
    elif session.done and not diff:
        lines.append("clean: run `tierwright synth` and commit it with the description")
    return "\n".join(lines)


def _difference(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(lines)
