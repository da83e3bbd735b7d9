"""`tierwright explain`: what a rule is about, or where a generated object and its values come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from tierpolicies.documents.yaml_source import parse
from tierpolicies.engine.rule import load_rule, rule_names
from tierwright.cli import choice
from tierwright.cli.failures import CLEAN, UsageError
from tierwright.description.problems import suggestion
from tierwright.output.errors import OutputError, naming
from tierwright.output.foreign import INDEX

_Entry = Mapping[str, object]


def run(subject: str, environments: Sequence[str], output: Path) -> int:
    """Print the explanation; returns the exit code."""
    if subject in rule_names():
        rule = load_rule(subject)
        print(f"{rule.name} ({rule.severity.value})\n\n{rule.documentation.strip()}")
        return CLEAN
    kind, slash, name = subject.partition("/")
    found = list(_found(kind, name, environments, output)) if slash else []
    if not found:
        if slash and not _indexes(environments, output):
            raise UsageError(f"{output} holds nothing that synth wrote; run `tierwright synth` first")
        known = [*rule_names(), *(_short(entry) for _, _, entry in _entries(environments, output))]
        raise UsageError(f"nothing is called {subject!r}; {suggestion(subject, known)}")
    print("\n\n".join("\n".join(_told(file, entry)) for file, entry in found))
    return CLEAN


def _found(kind: str, name: str, environments: Sequence[str], output: Path) -> Iterator[tuple[Path, _Entry]]:
    """Objects of a kind by their name, or by namespace/name."""
    for folder, path, entry in _entries(environments, output):
        own_kind, own_name = _short(entry).split("/", 1)
        if own_kind.lower() == kind.lower() and name in (own_name, own_name.rpartition("/")[2]):
            yield folder / path, entry


def _entries(environments: Sequence[str], output: Path) -> Iterator[tuple[Path, str, _Entry]]:
    for index in _indexes(environments, output):
        try:
            with naming(index):
                files = json.loads(index.read_bytes())["files"]
        except (ValueError, LookupError, TypeError):
            raise OutputError(
                path=index, reason="not an inventory as synth writes it", mend="Run `tierwright synth`"
            ) from None
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
