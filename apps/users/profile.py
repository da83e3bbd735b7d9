"""A profile as it is answered, and the changes that are taken to it (JSON Merge Patch, RFC 7396)."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _shown(name: str) -> str:
    """A name without space around it, in its composed form; what cannot be seen may not be in it."""
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise ValueError("it must not be empty")
    if len(name) > _NAME_LENGTH:
        raise ValueError(f"it must have at most {_NAME_LENGTH} characters")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"} for character in name):
        raise ValueError("it must hold letters, digits, signs and spaces only")
    return name


_NAME_LENGTH = 40

DisplayName = Annotated[str, Field(max_length=200, examples=["민지"]), AfterValidator(_shown)]
Language = Annotated[
    str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", examples=["ko"], description="As in BCP 47: ko, en-US.")
]
RegionCode = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{10}$",
        examples=["1114010300"],
        description="Legal district (법정동코드): rules of disposal differ between them.",
    ),
]
SearchRadius = Annotated[int, Field(ge=50, le=5000, description="Metres in which bins are looked for.")]


class Theme(StrEnum):
    """How the app looks."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Preferences(BaseModel):
    """How the app behaves for this user."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notifications: Annotated[bool, Field(description="Whether the app may notify.")] = False
    theme: Theme = Theme.SYSTEM
    search_radius: SearchRadius = 1000


class PreferencesChange(BaseModel):
    """Members that are absent stay, null sets the default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notifications: Annotated[bool | None, Field(strict=True)] = None
    theme: Theme | None = None
    search_radius: SearchRadius | None = None


class ProfileChange(BaseModel):
    """Members that are absent stay, null takes a value away or sets the default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    display_name: DisplayName | None = None
    language: Language | None = None
    region_code: RegionCode | None = None
    preferences: PreferencesChange | None = None


class Profile(BaseModel):
    """What a user has told about themselves."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    display_name: Annotated[str | None, Field(examples=["민지"])] = None
    language: Annotated[str, Field(examples=["ko"])] = "ko"
    region_code: Annotated[str | None, Field(examples=["1114010300"])] = None
    preferences: Preferences = Preferences()
    created_at: datetime
    updated_at: datetime

    def with_change(self, change: ProfileChange) -> Self:
        """The profile after a change; when it was made is the database's to say."""
        values = {name: getattr(change, name) for name in change.model_fields_set - {"preferences"}}
        if "language" in values and values["language"] is None:
            values["language"] = type(self).model_fields["language"].default
        if "preferences" in change.model_fields_set:
            values["preferences"] = _changed(self.preferences, change.preferences)
        return self.model_copy(update=values)


def _changed(old: Preferences, change: PreferencesChange | None) -> Preferences:
    if change is None:
        return Preferences()
    given = {name: getattr(change, name) for name in change.model_fields_set}
    kept = {name: value for name, value in old if name not in given}
    return Preferences(**kept, **{name: value for name, value in given.items() if value is not None})
