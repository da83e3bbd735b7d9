"""`tierwright synth`: description in, judged manifests out, all or nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tierwright.cli import terminal
from tierwright.cli.failures import CLEAN, FINDINGS, UsageError, first_of
from tierwright.day import commit_day
from tierwright.description.files import files, policy_files
from tierwright.output import stamp

if TYPE_CHECKING:
    from tierwright.output.tree import Tree
    from tierwright.synthesis import Synthesized

FAILED = Path(".tierwright", "failed")


def run(root: Path, environments: Sequence[str], output: Path, *, check: bool, discard_foreign: bool) -> int:
    """Synthesize the project at `root` into `output`; returns the exit code."""
    today = commit_day(root)
    inputs = [*files(root), *policy_files(root)]
    _apart(output, [root, *inputs])
    names = [path.relative_to(root).as_posix() for path in inputs]
    contents = stamp.contents(root, names)
    options = {"environments": ",".join(environments), "output": str(output), "today": str(today)}
    made_of = stamp.fingerprint(root, inputs=contents, options=options)
    if stamp.is_current(root, made_of=made_of, output=output):
        terminal.write(f"{output} is up to date\n")
        return CLEAN

    results = _made(root, environments, today)
    from tierwright.cli import summary
    from tierwright.output.lock import locked
    from tierwright.output.swap import recover

    code = max(result.report.exit for result in results)
    with locked(root, waiting=_tell):
        if check:
            terminal.show("\n\n".join(summary.verdict(each, output) for each in results))
            return max(code, _compare(output, _wanted(output, results, keep_others=bool(environments))))
        recover(output)
        if code != CLEAN:
            _keep_failed(root, results)
            terminal.show("\n\n".join(summary.of(each, FAILED) for each in results))
            _tell(f"{output} stays as it was; what was made lies in {FAILED}/")
            return code
        wanted = _wanted(output, results, keep_others=bool(environments))
        if not _replace(output, wanted, discard_foreign=discard_foreign):
            return FINDINGS
        # An input that changed meanwhile was not read: then nobody may say "up to date".
        if stamp.contents(root, names) == contents:
            stamp.record(root, made_of=made_of, files=wanted.files)
        _forget_failed(root)
    terminal.show("\n\n".join(summary.of(each, output) for each in results))
    return CLEAN


def _made(root: Path, environments: Sequence[str], today: date) -> list[Synthesized]:
    """Everything that takes time. What it needs is imported now and not before.

    Node and the second judge start first, and get going while the models are imported.
    """
    from tierwright.judging import JudgeBeside
    from tierwright.node import start_cdk8s

    start_cdk8s()
    with JudgeBeside() as beside:
        from tierwright.cli import choice
        from tierwright.description.loading import load
        from tierwright.synthesis import synthesize

        description = load(root)
        chosen = choice.environments(environments, description.platform.environments)
        with terminal.progress() as progress:
            return synthesize(description, chosen, today=today, progress=progress, beside=beside)


def _tell(message: str) -> None:
    print(f"tierwright: {message}", file=sys.stderr)


def _apart(output: Path, inputs: Sequence[Path]) -> None:
    """Refuse an output folder that holds what people wrote: it would be replaced as a whole."""
    held = next((each for each in inputs if each.resolve().is_relative_to(output.resolve())), None)
    if held is not None:
        raise UsageError(f"--output {output} holds {held}; choose a folder that only generated files are in")


def _wanted(output: Path, results: Sequence[Synthesized], *, keep_others: bool) -> Tree:
    """The whole output folder: what was made, and the environments that were not asked for as they stand."""
    from tierwright.output.tree import Tree, read

    made = {f"{each.environment}/{path}": content for each in results for path, content in each.files.items()}
    if not keep_others:
        return Tree(made)
    own = {each.environment for each in results}
    others = {
        path: content for path, content in read(output).files.items() if path.partition("/")[0] not in own
    }
    return Tree({**others, **made})


def _compare(output: Path, wanted: Tree) -> int:
    from tierwright.cli.drift import between
    from tierwright.output.tree import read

    differences = between(read(output), wanted)
    terminal.write(f"{differences.text(output)}\n")
    return FINDINGS if differences else CLEAN


def _keep_failed(root: Path, results: Sequence[Synthesized]) -> None:
    """Lay what was made and judged beside the project, so that a finding's file can be looked at."""
    from tierwright.output.swap import replace
    from tierwright.output.tree import Tree

    files = {
        f"{each.environment}/{path}": content for each in results for path, content in each.files.items()
    }
    replace(root / FAILED, Tree(files))


def _forget_failed(root: Path) -> None:
    """What failed earlier is mended now, and would only mislead."""
    if (root / FAILED).exists():
        from shutil import rmtree

        rmtree(root / FAILED, ignore_errors=True)


def _replace(output: Path, wanted: Tree, *, discard_foreign: bool) -> bool:
    """Put the tree in the place of the output folder, unless that would delete somebody's own files."""
    from tierwright.output.foreign import hand_made
    from tierwright.output.swap import replace

    if output.exists():
        found = hand_made(output, wanted.files)
        for path in found.unreadable:
            _tell(f"{output}/{path} is not as synth writes it; what equals a generated file counts as one")
        if found.foreign and not discard_foreign:
            listed = "\n".join(
                f"  {path}" for path in first_of([f"{output}/{each}" for each in found.foreign])
            )
            _tell(
                f"files that nobody generated stand in {output}:\n{listed}\n"
                "Move them away, or call again with --discard-foreign to delete them."
                f" {output} stays as it was."
            )
            return False
        for path in found.edited:
            _tell(f"{output}/{path} was edited by hand and is written anew")
        described = {path.partition("/")[0] for path in wanted.files}
        for name in sorted({each.name for each in output.iterdir() if each.is_dir()} - described):
            _tell(f"{output}/{name} goes as a whole: no environment is called so")
    replace(output, wanted)
    return True
