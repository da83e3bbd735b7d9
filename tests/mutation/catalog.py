"""All operators, from every module of `operators`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.mutation.operator import Operator


def _operators() -> tuple[Operator, ...]:
    modules = sorted((Path(__file__).parent / "operators").glob("*.py"))
    found = (vars(import_module(f"tests.mutation.operators.{path.stem}")).values() for path in modules)
    return tuple(value for values in found for value in values if isinstance(value, Operator))


OPERATORS = _operators()
