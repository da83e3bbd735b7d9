"""What `kubectl get … --output=json` printed, read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tierpolicies.documents.view import View
from tierwright.output.errors import naming


class ObservationError(Exception):
    """A file does not hold what kubectl prints; the message says which command would write it."""

    def __init__(self, path: Path, reason: str, command: str) -> None:
        super().__init__(f"{path}: {reason}; write it with `{command} --output=json`")


def observed(path: Path, kind: str, *, command: str) -> Sequence[View]:
    """The objects of a kind that a file holds: a list of them, or one alone.

    Raises:
        ObservationError: the file holds no JSON, or something else.
        OutputError: the file cannot be read.
    """
    with naming(path):
        content = path.read_bytes()
    try:
        held = View(json.loads(content))
    except (ValueError, RecursionError):
        raise ObservationError(path, "it holds no JSON", command) from None
    objects = list(held["items"]) if held["items"] else [held] if held.mapping else []
    strange = next((each["kind"].text or "no object" for each in objects if each["kind"].text != kind), None)
    if strange is not None or (not objects and "items" not in held.mapping):
        raise ObservationError(path, f"it holds {strange or 'no object'}, where {kind} is wanted", command)
    return objects
