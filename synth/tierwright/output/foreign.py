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
    generated and changed since. `unreadable` are the indexes that list nothing, such as one with the
    marks of a merge conflict.
    """

    foreign: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.foreign or self.edited or self.unreadable)


def hand_made(folder: Path, made: Mapping[str, bytes]) -> HandMade:
    """Compare what stands in `folder` with the index of each environment, its top folders.

    `made` are the files that are about to take their place: whatever equals one of them is lost to
    nobody. They also stand in for an index that cannot be read: what has the path of one was generated.

    Raises:
        OutputError: for what cannot be read.
    """
    with naming(folder):
        standing = list(listing(folder))
        indexes = {
            path.removesuffix(INDEX): inventory(content(folder, path))
            for path, regular in standing
            if regular and path.count("/") == 1 and path.endswith(f"/{INDEX}")
        }
        foreign: list[str] = []
        edited: list[str] = []
        for path, regular in standing:
            env = path[: path.find("/") + 1]
            if not regular:
                foreign.append(path)
                continue
            held = content(folder, path)
            if held == made.get(path) or (env in indexes and path == env + INDEX):
                continue
            index = indexes.get(env, {})
            entry = None if index is None else index.get(path.removeprefix(env))
            if entry is None and (index is not None or path not in made):
                foreign.append(path)
            elif entry is None or hashlib.sha256(held).hexdigest() != entry["sha256"]:
                edited.append(path)
    unreadable = tuple(env + INDEX for env, index in indexes.items() if index is None)
    return HandMade(foreign=tuple(foreign), edited=tuple(edited), unreadable=unreadable)


def inventory(index: bytes) -> Mapping[str, Mapping[str, object]] | None:
    """The entries of an index by path, each with its `sha256`; None for what synth did not write so."""
    try:
        held = json.loads(index)
        if held["version"] != 1:
            return None
        return {path: {**entry, "sha256": str(entry["sha256"])} for path, entry in held["files"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
