"""The rules of each category, read from categories.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from apps.common.jobs.result import Category

Line = Annotated[str, Field(min_length=1, max_length=160)]


class Source(BaseModel):
    """Where the rules come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    publisher: str
    limits: str


class Rules(BaseModel):
    """How one category is sorted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(max_length=40)]
    korean: Annotated[str, Field(max_length=20)]
    """As it is written on the bins."""
    steps: Annotated[tuple[Line, ...], Field(min_length=1, max_length=4)]
    rules: Annotated[tuple[Line, ...], Field(max_length=2)]
    warning: Line | None = None
    """What is dangerous about it."""


class _File(BaseModel):
    source: Source
    categories: dict[Category, Rules]


def _read(path: Path) -> _File:
    """Every category of the platform.

    Raises:
        KeyError: one of them is missing.
        pydantic.ValidationError: one of them is not as it should be.
    """
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    file = _File.model_validate({"source": told.pop("source"), "categories": told})
    missing = [str(category) for category in Category if category not in file.categories]
    if missing:
        message = f"{path} says nothing of {', '.join(missing)}: add it"
        raise KeyError(message)
    return file


_FILE: Final = _read(Path(__file__).with_name("categories.toml"))
SOURCE: Final = _FILE.source
RULES: Final[Mapping[Category, Rules]] = MappingProxyType(_FILE.categories)
