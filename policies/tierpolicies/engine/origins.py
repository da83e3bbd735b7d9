"""Which line of the description a written value comes from.

Beside the files stands `index.json`, written with them: `{"version": 1, "files": {FILE: {"source":
{"file", "line"}, "values": {POINTER: {"file", "line"}}}}}`, FILE relative to its own folder.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from tierpolicies.documents.contents import Contents
from tierpolicies.documents.reader import Tree
from tierpolicies.engine.finding import Fault
from tierpolicies.platform import Place

INVENTORY = "index.json"


class Origins:
    """Looks places up in the inventories of a checked tree; each is read once, when asked for."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._files: dict[str, Mapping[str, object]] = {}
        self._faults: list[Fault] = []

    def place(self, file: str, pointer: str) -> Place | None:
        """The description's place of a value, of its nearest ancestor, or of its object."""
        path = PurePosixPath(file)
        for folder in path.parents:
            entry = self._inventory(folder.as_posix()).get(str(path.relative_to(folder)))
            if isinstance(entry, Mapping):
                return self._nearest(entry, pointer)
        return None

    def exact(self, file: str, pointer: str) -> Place | None:
        """The description's place of that very value, if it stands there."""
        path = PurePosixPath(file)
        for folder in path.parents:
            entry = self._inventory(folder.as_posix()).get(str(path.relative_to(folder)))
            if isinstance(entry, Mapping):
                values = entry.get("values")
                return _place(values.get(pointer)) if isinstance(values, Mapping) else None
        return None

    def faults(self, tree: Tree) -> Iterator[Fault]:
        """The inventories of a tree, or above it where one was looked for, that tell no origins."""
        for file in tree.files:
            if PurePosixPath(file).name == INVENTORY:
                self._inventory(PurePosixPath(file).parent.as_posix())
        yield from self._faults

    @staticmethod
    def _nearest(entry: Mapping[str, object], pointer: str) -> Place | None:
        values = entry.get("values")
        while isinstance(values, Mapping) and pointer:
            if pointer in values:
                return _place(values[pointer])
            pointer = pointer.rpartition("/")[0]
        return _place(entry.get("source"))

    def _inventory(self, folder: str) -> Mapping[str, object]:
        if folder not in self._files:
            self._files[folder] = self._read(PurePosixPath(folder, INVENTORY).as_posix())
        return self._files[folder]

    def _read(self, file: str) -> Mapping[str, object]:
        line, column, reason = 1, 1, 'holds no mapping "files"'
        try:
            inventory = json.loads(self._contents(file))
        except OSError:
            return {}  # there is none, or input/unreadable tells
        except json.JSONDecodeError as error:
            inventory, line, column, reason = None, error.lineno, error.colno, f"is not JSON: {error.msg}"
        except (ValueError, RecursionError):
            inventory, reason = None, "is not JSON"
        if isinstance(inventory, dict):
            if isinstance(files := inventory.get("files"), dict):
                return files
            if "apiVersion" in inventory:
                return {}  # a Kubernetes object that happens to be called so
        # Reports show no mend for a note, so the message holds it.
        mend = f"restore it with `git checkout -- {file}`, or run `tierwright synth`"
        message = f"{INVENTORY} {reason}, so findings name no line of the description: {mend}"
        self._faults.append(Fault(message, file=Place(file, line, column)))
        return {}


def _place(value: object) -> Place | None:
    if not isinstance(value, Mapping):
        return None
    file, line, column = value.get("file"), value.get("line"), value.get("column", 1)
    if isinstance(file, str) and isinstance(line, int) and isinstance(column, int):
        return Place(file, line, column)
    return None
