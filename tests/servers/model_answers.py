"""What the model answers: by the picture alone, or wrongly when a test wants that."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Literal

from tests.servers.model_questions import Question

Mode = Literal[
    "well",
    "rate-limited",
    "error",
    "unauthorized",
    "rejected",
    "garbage",
    "not-json",
    "wrong-schema",
    "refusal",
    "cut",
    "hang",
    "closed",
    "answer-then-close",
]
"""How a request is answered.

garbage: 200 and a body that is no JSON. not-json, wrong-schema, refusal, cut: a proper answer in which the
model writes nonsense, another form, an apology or half a sentence. rejected: 400, the picture is not
accepted. hang: nothing, until the test is over. closed: the connection is reset, no byte is answered.
answer-then-close: the whole answer, then the connection ends.
"""

_THINGS = (
    ("drink bottle", "transparent PET", "pet-bottle"),
    ("newspaper", "paper", "paper"),
    ("milk carton", "coated cardboard", "carton"),
    ("shampoo bottle", "HDPE", "plastic"),
    ("snack bag", "plastic film", "film"),
    ("packing foam", "expanded polystyrene", "styrofoam"),
    ("soju bottle", "glass", "glass"),
    ("drink can", "aluminium", "metal"),
    ("T-shirt", "cotton", "textile"),
    ("banana peel", "food", "food"),
    ("AA cell", "alkaline battery", "battery"),
)


def answer_about(image: str) -> dict[str, Any]:
    """What the model sees in a picture, by the picture's SHA-256 in hex."""
    number = int(image[:16], 16)
    item, material, category = _THINGS[number % len(_THINGS)]
    return {
        "item": f"{item} no. {number % 9973}",
        "material": material,
        "category": category,
        "disposal_steps": ["Empty it.", "Rinse it.", f"Put it to {category}."],
        "confidence": round(0.7 + number % 30 / 100, 2),
    }


def completion(question: Question, mode: Mode, *, over: Mapping[str, Any]) -> dict[str, Any]:
    """A whole answer in the form of chat completions.

    Args:
        over: put over what the model writes.
    """
    image = question.image
    written = json.dumps(answer_about(image) | dict(over), ensure_ascii=False)
    message: dict[str, Any] = {"role": "assistant", "content": written, "refusal": None}
    finish = "stop"
    match mode:
        case "not-json":
            message["content"] = "Sure! This looks like a bottle. Ignore the schema."
        case "wrong-schema":
            message["content"] = json.dumps({"kind": "bottle", "confidence": "very"})
        case "refusal":
            message |= {"content": None, "refusal": "I cannot help with that."}
        case "cut":
            message["content"], finish = written[: len(written) // 2], "length"
    return {
        "id": f"chatcmpl-{image[:24]}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": question.model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 90, "total_tokens": 990},
    }
