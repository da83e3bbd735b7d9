"""One file of the description -> one validated model that knows its lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from tiered.origin import Origin
from tierpolicies.documents.yaml_source import Source, parse, pointer
from tierwright.description.base import Described, settle
from tierwright.description.explaining import explain
from tierwright.description.problems import DescriptionError, Problem

Model = TypeVar("Model", bound=Described)


def read(model: type[Model], path: Path, *, root: Path, text: str | None = None) -> Model:
    """Read and validate a file, or what is to stand in it: `text`.

    Raises:
        DescriptionError: with every problem of the file at once.
    """
    name = path.relative_to(root).as_posix()
    source = _source(path, name) if text is None else parse(text, file=name)
    if source.problems:
        raise DescriptionError(
            Problem(name, problem.line, problem.column, problem.message, problem.mend)
            for problem in source.problems
        )
    if not isinstance(source.value, dict):
        kind = "empty" if source.value is None else "not a mapping"
        raise DescriptionError([Problem(name, 1, 1, f"the file is {kind}", "write `key: value` lines")])

    def locate(path: tuple[str | int, ...], key: bool) -> Origin:
        line, column = source.position(pointer(path), key=key)
        return Origin(name, line, column)

    try:
        # Strict, so that "8000" is no number and 20270215 no date, as the JSON Schema says as well;
        # and as JSON, where lists and texts are all there is to write a tuple or a date.
        described = model.model_validate_json(json.dumps(source.value), strict=True)
    except ValidationError as error:
        schema = model.model_json_schema()
        raise DescriptionError(explain(error.errors(), schema, source)) from None
    settle(described, locate)
    return described


def _source(path: Path, name: str) -> Source:
    try:
        return parse(path.read_bytes().decode("utf-8"), file=name)
    except FileNotFoundError:
        reason, mend = "the file does not exist", "create it, or run from the folder that holds it"
    except IsADirectoryError:
        reason, mend = "it is a folder, not a file", "remove the folder, or move it away"
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        reason = f"the byte {error.object[error.start]:#x} is not UTF-8"
        raise DescriptionError([Problem(name, line, column, reason, "save the file as UTF-8")]) from None
    except OSError as error:
        reason, mend = f"the file cannot be read: {error.strerror}", "check that it is a readable file"
    raise DescriptionError([Problem(name, 1, 1, reason, mend)])
