"""Other ways to write the same objects: what a person may do to files without changing what they say."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from tierpolicies.documents.nodes import Value

Object = dict[str, Value]
Files = Mapping[str, Sequence[Object]]
"""Objects by the name of the file they stand in."""


class _Dumper(yaml.SafeDumper):
    """Without aliases: each object is written out."""

    def ignore_aliases(self, _: object) -> bool:
        return True


def write(files: Files, folder: Path, dice: random.Random) -> None:
    """Write the files in one of many styles."""
    indent = dice.choice([2, 4, 6])
    flow: bool | None = dice.choice([False, False, None, True])
    width = dice.choice([40, 80, 4000])
    for name, objects in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".json":
            # JSON has one value a file: several objects are a List.
            items = list(objects)
            whole = items[0] if len(items) == 1 else {"apiVersion": "v1", "kind": "List", "items": items}
            path.write_text(json.dumps(whole, indent=indent))
            continue
        texts = [
            yaml.dump(
                each, Dumper=_Dumper, indent=indent, default_flow_style=flow, width=width, sort_keys=False
            )
            for each in objects
        ]
        comment = dice.choice(["", "# written by hand\n", "\n\n"])
        path.write_text("---\n".join(comment + text for text in texts))


def reordered_documents(files: Files, dice: random.Random) -> Files:
    """The objects of each file in another order, and the files by other names in the same folder."""
    return {name: dice.sample(objects, len(objects)) for name, objects in files.items()}


def reordered_keys(files: Files, dice: random.Random) -> Files:
    """The keys of every mapping in another order."""
    return {name: [_mapping(_shuffled(each, dice)) for each in objects] for name, objects in files.items()}


def reordered_items(files: Files, dice: random.Random) -> Files:
    """The items of lists that are told apart by their names in another order."""
    return {
        name: [_mapping(_shuffled_lists(each, dice)) for each in objects] for name, objects in files.items()
    }


def renamed(files: Files, dice: random.Random) -> Files:
    """Each file by another name in its folder."""
    return {_beside(name, f"moved-{dice.randrange(10**6)}"): objects for name, objects in files.items()}


def split(files: Files, dice: random.Random) -> Files:
    """Each object in a file of its own, in the same folder."""
    return {
        _beside(name, f"part-{dice.randrange(10**6)}-{number}"): [each]
        for name, objects in files.items()
        for number, each in enumerate(objects)
    }


def merged(files: Files, dice: random.Random) -> Files:
    """All objects of a folder in one file."""
    folders: dict[str, list[Object]] = {}
    for name, objects in files.items():
        folders.setdefault(_beside(name, "all"), []).extend(objects)
    return {name: dice.sample(objects, len(objects)) for name, objects in folders.items()}


def as_list(files: Files, dice: random.Random) -> Files:
    """The objects of each file as the items of a List."""
    whole: dict[str, list[Object]] = {}
    for name, objects in files.items():
        items: list[Value] = [*dice.sample(objects, len(objects))]
        whole[name] = [{"apiVersion": "v1", "kind": "List", "items": items}]
    return whole


def as_json(files: Files, dice: random.Random) -> Files:
    """The same as JSON."""
    return {
        f"{name.rpartition('.')[0]}-{dice.randrange(10**6)}.json": objects for name, objects in files.items()
    }


REWRITINGS: Sequence[Callable[[Files, random.Random], Files]] = (
    reordered_documents,
    reordered_keys,
    reordered_items,
    renamed,
    split,
    merged,
    as_list,
    as_json,
)


def _beside(name: str, stem: str) -> str:
    folder, slash, _ = name.rpartition("/")
    return f"{folder}{slash}{stem}.yaml"


def _shuffled(value: Value, dice: random.Random) -> Value:
    if isinstance(value, dict):
        return {key: _shuffled(value[key], dice) for key in dice.sample(list(value), len(value))}
    return [_shuffled(each, dice) for each in value] if isinstance(value, list) else value


def _shuffled_lists(value: Value, dice: random.Random) -> Value:
    if isinstance(value, dict):
        return {
            # What comes first among these is done first, and is known to what follows.
            key: each if key in ("initContainers", "env") else _shuffled_lists(each, dice)
            for key, each in value.items()
        }
    if not isinstance(value, list):
        return value
    names = [each.get("name") for each in value if isinstance(each, dict)]
    items = [_shuffled_lists(each, dice) for each in value]
    is_named = (
        len(names) == len(value) and None not in names and len({str(each) for each in names}) == len(names)
    )
    return dice.sample(items, len(items)) if is_named else items


def _mapping(value: Value) -> Object:
    assert isinstance(value, dict)
    return value
