"""What the model is asked, read as strictly as the real interface reads it."""

from __future__ import annotations

import io
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from PIL import Image


class Refused(Exception):  # noqa: N818 - it is an answer
    """The interface does not take a request.

    Attributes:
        code: the interface's own word for why.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Question:
    """One picture, and the model that is to look at it."""

    model: str
    picture: bytes
    size: tuple[int, int]

    @property
    def image(self) -> str:
        """SHA-256 of the picture, in hex."""
        return sha256(self.picture).hexdigest()

    @classmethod
    def read(cls, body: dict[str, Any]) -> Question:
        """What is asked.

        Raises:
            Refused: the interface would not take it.
        """
        if not body.get("model"):
            raise Refused(400, "missing_required_parameter", "you must provide a model parameter")
        form = body.get("response_format", {})
        if form.get("type") != "json_schema" or not form["json_schema"].get("strict"):
            raise Refused(400, "invalid_value", "this model answers by a strict schema only")
        _check_schema(form["json_schema"]["schema"], "schema")
        picture = _picture(body["messages"])
        try:
            with Image.open(io.BytesIO(picture), formats=["JPEG"]) as image:
                image.load()
                size = image.size
        except OSError:
            raise Refused(400, "invalid_image_format", "the picture is damaged") from None
        return cls(str(body["model"]), picture, size)


def _picture(messages: list[dict[str, Any]]) -> bytes:
    """The only picture in the messages."""
    parts = [
        part for message in messages if isinstance(message["content"], list) for part in message["content"]
    ]
    pictures = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    if len(pictures) != 1 or not pictures[0].startswith("data:image/jpeg;base64,"):
        raise Refused(400, "invalid_image_url", "one picture is expected, as data:image/jpeg")
    return b64decode(pictures[0].partition(",")[2], validate=True)


def _check_schema(schema: dict[str, Any], place: str) -> None:
    """What strict mode asks of a schema: every property required, none besides."""
    if schema.get("type") == "array":
        _check_schema(schema["items"], f"{place}[]")
    if schema.get("type") != "object":
        return
    properties = schema.get("properties", {})
    if schema.get("additionalProperties") is not False or sorted(schema.get("required", [])) != sorted(
        properties
    ):
        raise Refused(400, "invalid_json_schema", f"{place}: all properties must be required, no others")
    for name, inner in properties.items():
        _check_schema(inner, f"{place}.{name}")
