"""What an analysis finds out, as it is stored and answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

RESULT_SECONDS: Final = 24 * 3600
"""How long a result stays in Redis; afterwards PostgreSQL answers."""


class Category(StrEnum):
    """The bins and bags that Korean households sort waste into."""

    PAPER = "paper"
    CARTON = "carton"
    PET_BOTTLE = "pet-bottle"
    PLASTIC = "plastic"
    FILM = "film"
    STYROFOAM = "styrofoam"
    GLASS = "glass"
    METAL = "metal"
    TEXTILE = "textile"
    FOOD = "food"
    ELECTRONICS = "electronics"
    BATTERY = "battery"
    LAMP = "lamp"
    HAZARDOUS = "hazardous"
    BULKY = "bulky"
    GENERAL = "general"
    NOT_WASTE = "not-waste"


class Classification(BaseModel):
    """What is to be seen on a photo, and how it is disposed of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: Annotated[str, Field(min_length=1, max_length=120, examples=["drink bottle"])]
    material: Annotated[str, Field(min_length=1, max_length=120, examples=["transparent PET"])]
    category: Annotated[Category, Field(examples=[Category.PET_BOTTLE])]
    disposal_steps: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=300)], ...],
        Field(min_length=1, max_length=12, examples=[["Empty it.", "Take the label off.", "Press it flat."]]),
    ]
    confidence: Annotated[
        float, Field(ge=0, le=1, examples=[0.93], description="0 is a guess, 1 is certain.")
    ]


class JobResult(BaseModel):
    """The final answer to a job."""

    model_config = ConfigDict(frozen=True)

    job_id: UUID
    classification: Classification
    feedback: Annotated[
        str, Field(max_length=2000, examples=["A drink bottle goes to the clear PET bottles."])
    ]
    cached: Annotated[bool, Field(description="Whether the same photo had been analysed before.")]
    finished_at: datetime


class StoredResult(BaseModel):
    """A result in Redis, with whose it is: the job's record may have expired before it."""

    model_config = ConfigDict(frozen=True)

    user_id: UUID
    result: JobResult


def result_key(job_id: UUID) -> str:
    """Where a `StoredResult` lies in Redis, for `RESULT_SECONDS`."""
    return f"result:{job_id}"
