"""Where the bytes of a tree come from: a folder on disk, or memory, as a commit's files do."""

from collections.abc import Callable, Mapping
from pathlib import Path

Contents = Callable[[str], bytes]
"""The bytes of a file by its name below the tree's root; raises OSError where they cannot be had."""


def on_disk(root: Path) -> Contents:
    """The files below a folder."""
    return lambda file: (root / file).read_bytes()


def in_memory(files: Mapping[str, bytes]) -> Contents:
    """Files that were read already."""

    def held(file: str) -> bytes:
        if file not in files:
            raise FileNotFoundError(file)
        return files[file]

    return held
