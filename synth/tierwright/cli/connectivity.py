"""`tierwright connectivity`: who may reach whom, why, and what a change opens or closes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tierpolicies.documents.reader import Tree, read, read_files
from tierpolicies.engine.index import Index
from tierpolicies.network.analysis.network import Connection, Network
from tierpolicies.network.topology.endpoints import Endpoint
from tierpolicies.network.topology.topology import Beside
from tierwright.cli import terminal
from tierwright.cli.failures import CLEAN, FINDINGS, UNREADABLE, UsageError
from tierwright.cli.pairs import asked_about, named_address
from tierwright.cli.subjects import Subject, subjects
from tierwright.output.errors import OutputError
from tierwright.output.foreign import INDEX

if TYPE_CHECKING:
    from tierpolicies.network.analysis.exposure import ExposedNetwork
    from tierpolicies.network.notation.lines import Wanted

TEXT, JSON, PICTURES = "text", "json", ("dot", "mermaid", "svg")
FORMATS = (TEXT, JSON, *PICTURES)


@dataclass(frozen=True)
class Request:
    """What the command line asked for; `former` is a folder, `base` a revision, to compare with."""

    directory: Path
    environment: str | None = None
    source: str | None = None
    destination: str | None = None
    explain: bool = False
    positions: bool = False
    exposure: bool = False
    former: Path | None = None
    base: str | None = None
    form: str = TEXT

    @property
    def is_comparison(self) -> bool:
        """Whether two states are compared."""
        return self.former is not None or self.base is not None


@dataclass(frozen=True)
class State:
    """The manifests of one moment, and the inventory that stood beside them."""

    tree: Tree
    inventory: bytes = b""


def run(request: Request) -> int:
    """Print what was asked; returns the exit code."""
    _require(request)
    subject = _subject(request)
    state = _read(_folder(subject))
    code = _trouble(state.tree)
    network = _network(state, subject, request)
    if request.is_comparison:
        former = _former(request, subject)
        code = max(code, _trouble(former.tree), _mistakes(network))
        lines = _difference(request, _network(former, subject, request), network)
    else:
        if not network.workloads:
            raise OutputError(
                path=request.directory,
                reason="it holds no workload",
                mend="Name the folder that holds the manifests",
            )
        code = max(code, _mistakes(network))
        lines = _told(request, network)
    for line in lines:
        terminal.write(f"{line}\n")
    return code


def _require(request: Request) -> None:
    """What the command line names must be there, and go together."""
    if request.form not in FORMATS:
        raise UsageError(f"--format {request.form!r} is none of {', '.join(FORMATS)}")
    if request.former is not None and request.base is not None:
        raise UsageError("--diff and --base both name what to compare with; give one of them")
    if request.is_comparison and (request.explain or request.exposure):
        raise UsageError("a comparison tells pairs and ports alone: leave out --explain and --exposure")
    if request.form in PICTURES and (request.is_comparison or request.explain or request.exposure):
        raise UsageError(
            f"a picture shows connections alone; --format {request.form} goes with --from and --to"
        )
    if request.form == JSON and request.explain:
        raise UsageError("explanations are text; leave out --format json")
    if request.positions and not request.explain:
        raise UsageError("--positions adds places to explanations; give --explain too")
    for folder in (request.directory, request.former):
        if folder is not None and not folder.exists():
            mend = "Name the folder that holds the manifests"
            raise OutputError(path=folder, reason="it does not exist", mend=mend)


def _subject(request: Request) -> Subject:
    """The folder, or the one of an environment in it: the first where none is named."""
    chosen = [request.environment] if request.environment else []
    return subjects(request.directory, description=None, environments=chosen).each[0]


def _folder(subject: Subject) -> Path:
    return subject.folder if isinstance(subject.folder, Path) else Path()


def _read(folder: Path) -> State:
    inventory = folder / INDEX
    return State(read(folder), inventory.read_bytes() if inventory.is_file() else b"")


def _former(request: Request, subject: Subject) -> State:
    if request.former is not None:
        return _read(request.former)
    from tierwright.cli.base import base_tree
    from tierwright.cli.subjects import Subjects
    from tierwright.repository import RevisionError

    try:
        found = base_tree(request.base or "", request.directory, Subjects([subject]))
    except RevisionError as error:
        raise UsageError(f"the base {request.base} cannot be read: {error}") from error
    files = found.of(subject).files
    return State(read_files(files), files.get(f"{subject.below}/{INDEX}".removeprefix("/"), b""))


def _network(state: State, subject: Subject, request: Request) -> Network:
    index = Index(state.tree.manifests)
    asked = (named_address(each) for each in (request.source, request.destination))
    known = Beside(
        pods=tuple(_components(index, state.inventory)),
        families=frozenset(each.version for each in asked if each is not None),
    )
    hosts_are_nodes = subject.facts is not None
    if request.exposure:
        from tierpolicies.network.analysis.exposure import ExposedNetwork

        return ExposedNetwork(index, hosts_are_nodes=hosts_are_nodes, beside=known)
    return Network(index, hosts_are_nodes=hosts_are_nodes, beside=known)


def _components(index: Index, inventory: bytes) -> Iterator[Endpoint]:
    """Pods that no manifest shows, such as a chart's: those that declared flows tell of."""
    if not inventory:
        return
    from tierpolicies.network.intent.intent import FlowsError, flows, unseen

    try:
        yield from unseen(index, flows(inventory))
    except FlowsError as error:
        print(f"{INDEX}: {error}", file=sys.stderr)


def _trouble(tree: Tree) -> int:
    """Tells on stderr what could not be read, and files without a manifest; returns the exit code for it."""
    for file, problem in ((each.file, each.problem) for each in tree.unreadable):
        print(f"{file}:{problem.line}:{problem.column}: {problem.message}. {problem.mend}", file=sys.stderr)
    known = {each.file for each in tree.manifests} | {each.file for each in tree.unreadable}
    for file in tree.files:
        if file not in known and file.endswith(".json") and PurePosixPath(file).name != INDEX:
            print(f"{file}: holds no manifest, and is passed over", file=sys.stderr)
    return UNREADABLE if tree.unreadable else CLEAN


def _mistakes(network: Network) -> int:
    from tierpolicies.network.policies.mistakes import mistakes

    for kind, number in sorted(Counter(each.kind for each in network.foreign).items()):
        print(f"not read: {number} of {kind}, which may admit and deny otherwise", file=sys.stderr)
    found = mistakes(network.policies)
    for each in found:
        print(f"{each.place}: {each.message}; this part of it selects and admits nobody", file=sys.stderr)
    return FINDINGS if found else CLEAN


def _difference(request: Request, former: Network, present: Network) -> Iterator[str]:
    from tierpolicies.network.analysis.difference import changes
    from tierpolicies.network.notation.differences import difference_lines

    wanted = asked_about(request.source, request.destination, former, present)
    found = [each for each in changes(former, present) if wanted(each.source, each.destination)]
    if request.form == JSON:
        yield _json([each._asdict() for each in found])
    else:
        yield from difference_lines(found)


def _told(request: Request, network: Network) -> Iterator[str]:
    wanted = asked_about(request.source, request.destination, network)
    if request.explain:
        from tierpolicies.network.notation.explanations import explanations, nowhere, positions

        pairs = (
            (source, destination)
            for source, destination in network.pairs()
            if wanted(source.name, destination.name)
        )
        yield from explanations(network, pairs, where=positions if request.positions else nowhere)
        yield from _exposure(request, network, wanted, is_first=False)
        return
    connections = (each for each in network.connections() if wanted(each.source.name, each.destination.name))
    match request.form:
        case "text":
            yield from _text(request, network, wanted, connections)
        case "json":
            yield _json(_data(request, network, wanted, connections))
        case _:
            from tierpolicies.network.notation.drawing import DRAWINGS

            yield from DRAWINGS[request.form](network.space, list(connections))


def _text(
    request: Request, network: Network, wanted: Wanted, connections: Iterator[Connection]
) -> Iterator[str]:
    from tierpolicies.network.notation.lines import connection_lines

    is_first = True
    for line in connection_lines(network.space, connections):
        is_first = False
        yield line
    yield from _exposure(request, network, wanted, is_first=is_first)


def _exposure(request: Request, network: Network, wanted: Wanted, *, is_first: bool) -> Iterator[str]:
    if request.exposure:
        from tierpolicies.network.notation.lines import exposure_lines

        yield from [] if is_first else [""]
        yield from exposure_lines(_exposed(network), wanted)


def _exposed(network: Network) -> ExposedNetwork:
    from tierpolicies.network.analysis.exposure import ExposedNetwork

    assert isinstance(network, ExposedNetwork)  # noqa: S101 (it was made so)
    return network


def _data(
    request: Request, network: Network, wanted: Wanted, connections: Iterator[Connection]
) -> Mapping[str, object]:
    from tierpolicies.network.notation.lines import connection_data, exposure_data

    found: dict[str, object] = {"connections": connection_data(network.space, connections)}
    if request.exposure:
        found["exposure"] = exposure_data(_exposed(network), wanted)
    return found


def _json(data: object) -> str:
    import json

    return json.dumps(data, indent=2, ensure_ascii=False)
