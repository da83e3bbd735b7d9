"""What in an output folder was not generated, so that nothing made by hand is lost silently."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tierwright.output.errors import naming
from tierwright.output.listing import content, listing

INDEX = "index.json"
"""Name of an environment's inventory: {"version": 1, "files": {path: {"sha256": …, …}}}."""


@dataclass(frozen=True)
class HandMade:
    """Paths relative to the output folder, each in order; false when there are none.

    `foreign` files are in no index, or are no files at all (links, sockets); `edited` ones were
    generated and changed since. An index that cannot be read counts as edited and lists nothing.
    """

    foreign: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.foreign or self.edited)


def hand_made(folder: Path) -> HandMade:
    """Compare what stands in `folder` with the index of each environment, its top folders.

    Raises:
        OutputError: for what cannot be read.
    """
    with naming(folder):
        standing = list(listing(folder))
        indexes = {
            path.removesuffix(INDEX): _sums(content(folder, path))
            for path, regular in standing
            if regular and path.count("/") == 1 and path.endswith(f"/{INDEX}")
        }
        foreign: list[str] = []
        edited: list[str] = []
        for path, regular in standing:
            env = path[: path.find("/") + 1]
            if regular and env in indexes and path == env + INDEX:
                if indexes[env] is None:
                    edited.append(path)
                continue
            wanted = (indexes.get(env) or {}).get(path.removeprefix(env))
            if not regular or wanted is None:
                foreign.append(path)
            elif hashlib.sha256(content(folder, path)).hexdigest() != wanted:
                edited.append(path)
    return HandMade(foreign=tuple(foreign), edited=tuple(edited))


def _sums(index: bytes) -> Mapping[str, str] | None:
    try:
        held = json.loads(index)
        if held["version"] != 1:
            return None
        return {path: str(entry["sha256"]) for path, entry in held["files"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
