"""Which line of the description a written value comes from.

Beside the files stands `index.json`, written with them: `{"version": 1, "files": {FILE: {"source":
{"file", "line"}, "values": {POINTER: {"file", "line"}}}}}`, FILE relative to its own folder.
"""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from tierpolicies.platform import Place

INVENTORY = "index.json"


class Origins:
    """Looks places up in the inventories of a checked tree; each is read once, when asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, Mapping[str, object]] = {}

    def place(self, file: str, pointer: str) -> Place | None:
        """The description's place of a value, of its nearest ancestor, or of its object."""
        path = PurePosixPath(file)
        for folder in path.parents:
            entry = self._inventory(folder.as_posix()).get(str(path.relative_to(folder)))
            if isinstance(entry, Mapping):
                return self._nearest(entry, pointer)
        return None

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
            try:
                inventory = json.loads((self._root / folder / INVENTORY).read_bytes())
            except (OSError, ValueError, RecursionError):
                inventory = None
            files = inventory.get("files") if isinstance(inventory, dict) else None
            self._files[folder] = files if isinstance(files, dict) else {}
        return self._files[folder]


def _place(value: object) -> Place | None:
    if not isinstance(value, Mapping):
        return None
    file, line, column = value.get("file"), value.get("line"), value.get("column", 1)
    if isinstance(file, str) and isinstance(line, int) and isinstance(column, int):
        return Place(file, line, column)
    return None
