"""`tierwright explain`: what a rule is about, or where a generated object and its values come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from tierpolicies.documents.yaml_source import parse
from tierwright.cli import choice, manual, terminal
from tierwright.cli.failures import CLEAN, UsageError, first_of
from tierwright.description.files import own_rules
from tierwright.output.errors import OutputError, naming
from tierwright.output.foreign import INDEX, inventory

_Entry = Mapping[str, object]


def run(
    subject: str | None, environments: Sequence[str], output: Path, *, platform: Path, page: bool = False
) -> int:
    """Print the explanation; returns the exit code. Rules of its own are those that `platform` names."""
    if page == (subject is not None):
        raise UsageError("name a rule, a family, a group or KIND/NAME; or write --page for all rules at once")
    folder = own_rules(platform)
    if subject is None:
        terminal.write(manual.page(folder))
        return CLEAN
    if (told := manual.rule(subject, folder)) is not None:
        terminal.show_markdown(told)
        return CLEAN
    if (told := manual.rules(subject, folder)) is not None:
        terminal.write(f"{told}\n")
        return CLEAN
    return _object(subject, environments, output, folder)


def _object(subject: str, environments: Sequence[str], output: Path, folder: Path | None) -> int:
    kind, slash, name = subject.partition("/")
    found = list(_found(kind, name, environments, output)) if slash else []
    if not found:
        if slash and not _indexes(environments, output):
            raise UsageError(f"{output} holds nothing that synth wrote; run `tierwright synth` first")
        known = {*manual.known(folder), *(_short(entry) for _, _, entry in _entries(environments, output))}
        raise UsageError(f"nothing is called {subject!r}; {_meant(subject, known)}")
    terminal.write("\n\n".join("\n".join(_told(file, entry)) for file, entry in found) + "\n")
    return CLEAN


def _meant(subject: str, known: Iterable[str]) -> str:
    """What was probably meant: a name that holds the last part or is near it, of the same kind or family."""
    kind, slash, _ = subject.partition("/")
    last = subject.rpartition("/")[2]
    kinds = {name.partition("/")[0] for name in known}
    own = next((each for each in kinds if each.lower() == kind.lower()), None)
    if slash and own is None:
        near = get_close_matches(kind, kinds, n=1, cutoff=0.6)
        return f"did you mean {near[0]!r}?" if near else f"kinds and families: {_listed(kinds)}"
    lasts: dict[str, list[str]] = {}
    for name in known:
        if name.partition("/")[0] == own or not slash:
            lasts.setdefault(name.rpartition("/")[2], []).append(name)
    near = [each for each in lasts if last and last in each] or get_close_matches(
        last, lasts, n=1, cutoff=0.6
    )
    if near:
        return f"did you mean {_listed(repr(name) for each in near for name in lasts[each])}?"
    return f"known here: {_listed((name for names in lasts.values() for name in names) if slash else kinds)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(first_of(sorted(names)))


def _found(kind: str, name: str, environments: Sequence[str], output: Path) -> Iterator[tuple[Path, _Entry]]:
    """Objects of a kind by their name, or by namespace/name."""
    for folder, path, entry in _entries(environments, output):
        own_kind, own_name = _short(entry).split("/", 1)
        if own_kind.lower() == kind.lower() and name in (own_name, own_name.rpartition("/")[2]):
            yield folder / path, entry


def _entries(environments: Sequence[str], output: Path) -> Iterator[tuple[Path, str, _Entry]]:
    for index in _indexes(environments, output):
        with naming(index):
            files = inventory(index.read_bytes())
        if files is None:
            raise OutputError(
                path=index,
                reason="not an inventory as synth writes it",
                mend="Run `tierwright synth`, which writes it anew",
            )
        for path, entry in files.items():
            if "object" in entry:
                yield index.parent, path, entry


def _indexes(environments: Sequence[str], output: Path) -> list[Path]:
    found = sorted(output.glob(f"*/{INDEX}"))
    chosen = choice.environments(environments, [index.parent.name for index in found])
    return [index for index in found if index.parent.name in chosen]


def _short(entry: _Entry) -> str:
    """`apps/v1/Deployment/shop/basket` -> `Deployment/shop/basket`."""
    parts = str(entry["object"]).split("/")
    kind = next(index for index, part in enumerate(parts) if part[:1].isupper())
    return "/".join(parts[kind:])


def _told(file: Path, entry: _Entry) -> Iterator[str]:
    yield _short(entry)
    yield f"  written to   {file}"
    source = cast("Mapping[str, object] | None", entry.get("source"))
    yield (
        f"  asked for by {_place(source)}"
        if source
        else "  asked for by nobody by name: it follows from the rest"
    )
    values = cast("Mapping[str, Mapping[str, object]]", entry.get("values", {}))
    if values:
        written = parse(file.read_text(encoding="utf-8"), file=str(file)).value
        yield "  values from the description (all others are the construct's):"
        for pointer, place in values.items():
            yield f"    {pointer} = {_at(written, pointer)!r}  from {_place(place)}"


def _place(place: Mapping[str, object]) -> str:
    return f"{place['file']}:{place['line']}"


def _at(value: object, pointer: str) -> object:
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list):
            value = value[int(key)]
    return value
