"""Reading the model's answer: whatever it wrote, what leaves here is a `Classification` or an error."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apps.common.jobs.result import Category, Classification
from apps.worker_ai.feedback.rules import RULES
from apps.worker_ai.prompt import MAX_STEPS

NAME_LENGTH: Final = 60
STEP_LENGTH: Final = 160

_LONGEST_ANSWER = 20_000
_ADDRESS = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|kr|app|info|xyz|site|shop|ly)\b|\S@\S", re.IGNORECASE
)
_MARKUP = re.compile(r"<[^<>]*>|[`*_#<>\[\]{}|\\]")
_NUMBER = re.compile(r"^(?:(?:step\s*)?\d{1,2}\s*[.):-]\s+|[-•·]\s+)+", re.IGNORECASE)


class AnswerInvalid(Exception):  # noqa: N818 - as the reason that users are told
    """The answer is none that was asked for. Its text names the places, never what stands there."""


class _Answer(BaseModel):
    """The form that the model was bound to; that it kept to it is not taken on trust."""

    model_config = ConfigDict(extra="forbid", strict=True)

    item: str
    material: str
    category: Annotated[Category, Field(strict=False)]
    disposal_steps: list[str]
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def read(text: str) -> Classification:
    """The classification in the model's answer `text`, in plain words of bounded length.

    Raises:
        AnswerInvalid: it is not of the form asked for, or says nothing.
    """
    if len(text) > _LONGEST_ANSWER:
        raise AnswerInvalid(f"{len(text)} characters are no classification")
    try:
        answer = _Answer.model_validate_json(text)
    except ValidationError as error:
        places = {
            ".".join(map(str, each["loc"])) or "the whole" for each in error.errors(include_input=False)
        }
        raise AnswerInvalid(f"not as the schema says: {', '.join(sorted(places))[:200]}") from None
    item, material = _plain(answer.item, NAME_LENGTH), _plain(answer.material, NAME_LENGTH)
    if not item:
        raise AnswerInvalid("it names no item")
    return Classification(
        item=item,
        material=material or "unknown",
        category=answer.category,
        disposal_steps=_steps(answer.disposal_steps) or RULES[answer.category].steps,
        confidence=round(answer.confidence, 3),
    )


def usable(text: str) -> bool:
    """Whether `read` would succeed."""
    try:
        read(text)
    except AnswerInvalid:
        return False
    return True


def _steps(told: list[str]) -> tuple[str, ...]:
    """In their order, each once, without the numbers that some models write."""
    # Markup may stand before a number, and has to go first.
    plain = (_NUMBER.sub("", _plain(step, STEP_LENGTH)) for step in told)
    return tuple(dict.fromkeys(step for step in plain if step))[:MAX_STEPS]


def _plain(text: str, length: int) -> str:
    """One line of printable characters without markup; nothing when it leads elsewhere.

    No rule of disposal has an address in it: such text comes from the photo, and is somebody's bait.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    if _ADDRESS.search(text):
        return ""
    text = " ".join(_MARKUP.sub(" ", text).split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,.;:") + "…"
