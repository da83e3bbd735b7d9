"""Whether the output folder is what the present inputs and code would make, answered cheaply.

A synth takes the `fingerprint` of what it is made from before it loads the rest of the code, and
hands it to `record` with the files that it wrote. Later `is_current` compares both with what stands
there. This module is on the way to "up to date": it imports only what costs next to nothing.
"""

# Importing pathlib or json costs 10 ms, as much as the whole rest of an answer.
# ruff: noqa: PTH103, PTH105, PTH112, PTH120, PTH123, PTH208

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec

from tierwright.output.errors import naming
from tierwright.output.listing import content, listing

_PACKAGES = ("tiered", "tierpolicies", "tierwright")
_LOCK_FILE = ".dev/requirements.txt"
_STAMP = ".tierwright/stamp.json"
_Folder = str | os.PathLike[str]


def contents(project: _Folder, paths: Iterable[str]) -> dict[str, bytes | None]:
    """Read inputs by their path relative to `project`; None stands for one that does not exist.

    Raises:
        OutputError: for a file that is there and cannot be read.
    """
    found: dict[str, bytes | None] = {}
    for path in paths:
        with naming(f"{os.fspath(project)}/{path}"):
            try:
                found[path] = content(project, path)
            except FileNotFoundError:
                found[path] = None
    return found


def fingerprint(project: _Folder, *, inputs: Mapping[str, bytes | None], options: Mapping[str, str]) -> str:
    """Return the SHA-256, in hexadecimal digits, of everything that a synth's result depends on.

    That is the inputs, the options, every file of the three packages, the Python version, the lock
    file of the dependencies, and the name and version of each installed distribution.

    Args:
        project: The project's root folder.
        inputs: Each input file with the bytes that the synth reads from it, or None where there is
            no such file. Give the very bytes that are parsed: a file read twice may have changed.
        options: Whatever else decides about result or verdict: the environments, the day where
            waivers expire, …

    Raises:
        OutputError: for code that cannot be read.
    """
    parts: list[tuple[str, bytes | None]] = [("python", f"{sys.version} {sys.platform}".encode())]
    parts += (
        (f"option {name}", value.encode(errors="surrogatepass")) for name, value in sorted(options.items())
    )
    parts += ((f"input {path}", held) for path, held in sorted(inputs.items()))
    parts += contents(project, [_LOCK_FILE]).items()
    parts += ((name, None) for name in _distributions())
    for package in _PACKAGES:
        spec = find_spec(package)
        for folder in (spec and spec.submodule_search_locations) or ():
            with naming(folder):
                parts += ((f"{package} {path}", held) for path, held in _code(folder))
    return _digest(parts)


def is_current(project: _Folder, *, made_of: str, output: _Folder) -> bool:
    """Tell whether `output` holds, byte for byte, what was last recorded for `made_of`.

    A stamp that is missing or broken, and whatever cannot be read, is not current. Needs no lock: a
    tree exchanged meanwhile matches no stamp.
    """
    try:
        files: dict[str, bytes] = {}
        for path, regular in listing(output):
            if not regular:
                return False
            files[path] = content(output, path)
        return content(project, _STAMP) == _stamp(made_of, files)
    except OSError:
        return False


def record(project: _Folder, *, made_of: str, files: Mapping[str, bytes]) -> None:
    """Note that `files`, the whole output, were made of `made_of`. Call it under the project's lock.

    Take the files from the tree that was written, not from the disk, where they may have changed.

    Raises:
        OutputError: for whatever the file system refuses.
    """
    place = f"{os.fspath(project)}/{_STAMP}"
    with naming(place):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(f"{place}.new", "wb") as file:
            file.write(_stamp(made_of, files))
        os.replace(f"{place}.new", place)


def _stamp(made_of: str, files: Mapping[str, bytes]) -> bytes:
    output = _digest(sorted(files.items()))
    return f'{{"version": 1, "made_of": "{made_of}", "output": "{output}"}}\n'.encode()


def _digest(parts: Iterable[tuple[str, bytes | None]]) -> str:
    """Hash names and contents, each behind its length, so that no two lists look the same."""
    digest = hashlib.sha256()
    for name, held in parts:
        named = name.encode(errors="surrogatepass")
        digest.update(b"%d %d " % (len(named), -1 if held is None else len(held)))
        digest.update(named)
        digest.update(held or b"")
    return digest.hexdigest()


def _distributions() -> list[str]:
    """Return the folder names, such as `cdk8s-2.70.1.dist-info`, that tell what is installed."""
    names: set[str] = set()
    for folder in sys.path:
        if os.path.isdir(folder or "."):
            names.update(os.listdir(folder or "."))
    return sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def _code(folder: str) -> Iterable[tuple[str, bytes]]:
    for path, regular in listing(folder):
        if "/__pycache__/" not in f"/{path}":
            # Nobody follows a link to see whether its target changed: it never looks the same twice.
            yield path, content(folder, path) if regular else os.urandom(16)
