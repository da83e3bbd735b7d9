"""`tierwright adopt`: manifests that are there already, read as the apps that would generate them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tierpolicies.documents.reader import Tree, read, read_files
from tierwright.adopting.inventory import place_of
from tierwright.adopting.proposal import Account, Proposal, propose
from tierwright.adopting.repository import texts
from tierwright.cli import terminal
from tierwright.cli.failures import CLEAN, FINDINGS, UNREADABLE, UsageError
from tierwright.scaffold.repository import beside, write

_STDIN = Path("-")
_ALWAYS = """\
Every pod runs as user 10001 without privileges, its root file system read-only; its image is built by the
pipeline and stands in images.lock.yaml. Whom it calls outside of these manifests they do not tell: write it
in `calls`, or the network policies will hold it back."""


def run(source: Path, *, output: Path | None) -> int:
    """Propose apps for the manifests of a folder, a file or stdin; returns the exit code.

    0 when every object is kept or derived whole, 1 when something is left or lost, 3 when something cannot
    be read or no object is there.
    """
    tree = _tree(source)
    for each in tree.unreadable:
        print(f"{each.file}:{each.problem.line}: {each.problem.message}", file=sys.stderr)
    if tree.unreadable:
        print("tierwright: what cannot be read cannot be adopted; nothing is proposed", file=sys.stderr)
        return UNREADABLE
    if not tree.manifests:
        print(f"tierwright: {source}: no Kubernetes object is there", file=sys.stderr)
        return UNREADABLE
    proposal = propose(tree.manifests)
    if output is None:
        terminal.write("".join(f"# {each.file}\n{each.text}\n" for each in proposal.apps))
    else:
        with beside(output) as new:
            write(texts(proposal, output.absolute().name), new)
    terminal.show("\n".join(_told(proposal)))
    if output is not None:
        terminal.show(f"\nnext: cd {output}, answer what is marked above, then `tierwright synth`")
    return CLEAN if proposal.whole else FINDINGS


def _tree(source: Path) -> Tree:
    if source == _STDIN:
        return read_files({"stdin.yaml": sys.stdin.buffer.read()})
    if not source.exists():
        raise UsageError(f"{source} does not exist; name a folder or a file of manifests, or - for stdin")
    return read(source)


def _told(proposal: Proposal) -> Iterator[str]:
    counts = {
        fate: sum(each.fate == fate for each in proposal.accounts) for fate in ("kept", "derived", "left")
    }
    for fate, heading in (
        ("kept", "kept, as workloads of apps; below each what its app.yaml does not say"),
        ("derived", "derived: generated anew from the above"),
        ("left", "left: no app can say it"),
    ):
        if counts[fate]:
            yield f"{heading}:"
            yield from (line for each in proposal.accounts if each.fate == fate for line in _lines(each))
            yield ""
    if counts["kept"]:
        yield _ALWAYS
        yield ""
    yield ", ".join(f"{count} {fate}" for fate, count in counts.items())


def _lines(account: Account) -> Iterator[str]:
    yield f"  {account.manifest.subject} ({place_of(account.manifest)}): {account.reason}"
    yield from (f"    - {note}" for note in account.notes)
