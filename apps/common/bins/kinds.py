"""The kinds of bins, and what each is looked for by."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator


class Kind(StrEnum):
    """What a bin is for."""

    GENERAL = "general"
    RECYCLING = "recycling"
    CLOTHING = "clothing"
    BATTERY = "battery"
    MEDICINE = "medicine"
    FOOD = "food"
    LAMP = "lamp"
    ELECTRONICS = "electronics"


class Search(BaseModel):
    """One question to the map: by a word, or by one of Kakao's category groups."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    word: Annotated[str, Field(min_length=1)] | None = None
    category: Annotated[str, Field(pattern="^[A-Z]{2}[0-9]$")] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Search:
        if (self.word is None) == (self.category is None):
            message = "a search has either a word or a category"
            raise ValueError(message)
        return self


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    searches: Annotated[tuple[Search, ...], Field(min_length=1)]


def read(path: Path) -> Mapping[Kind, tuple[Search, ...]]:
    """The searches in a file of kinds.

    Raises:
        ValueError: it is no such file, or lacks a kind.
    """
    described = TypeAdapter(dict[Kind, _Described]).validate_python(tomllib.loads(path.read_text("utf-8")))
    if missing := set(Kind) - set(described):
        message = f"{path} lacks {', '.join(sorted(missing))}"
        raise ValueError(message)
    return {kind: found.searches for kind, found in described.items()}


SEARCHES: Final = read(Path(__file__).with_name("kinds.toml"))
"""Each kind's searches."""
