"""Errors as problem details (RFC 9457): each kind is declared once, raised by it, and documented from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "Retry-After"
WWW_AUTHENTICATE = "WWW-Authenticate"

_TYPES = "https://growbin.app/problems/"
_TEXT: Mapping[str, object] = {"type": "string"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemType:
    """A kind of problem, as callers tell it from others.

    Attributes:
        code: kebab-case, the end of its type address; it never changes.
        status: of HTTP.
        title: of every problem of this kind.
        meaning: when it is answered, for the OpenAPI document.
        headers: those that always come with it.
        members: those of the problem beside the RFC's own, with their JSON schemas; all of them are required.
    """

    code: str
    status: int
    title: str
    meaning: str
    headers: tuple[str, ...] = ()
    members: Mapping[str, object] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """`type` of the problem details."""
        return _TYPES + self.code

    @property
    def name(self) -> str:
        """What its schema is called in the OpenAPI document."""
        return "".join(word.capitalize() for word in self.code.split("-"))

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema of its problem details."""
        told = {"type": self.address, "title": self.title, "status": self.status}
        return {
            "title": self.name,
            "description": self.meaning,
            "type": "object",
            "required": [*told, "detail", *self.members],
            "properties": {
                **{name: {"const": value} for name, value in told.items()},
                "detail": {**_TEXT, "description": "What is wrong this time, and what the caller can do."},
                **self.members,
            },
        }


BAD_REQUEST = ProblemType(
    code="bad-request", status=400, title="Bad Request", meaning="The body is not text in UTF-8."
)
UNAUTHORIZED = ProblemType(
    code="unauthorized",
    status=401,
    title="Unauthorized",
    meaning="There is no access token, or it is not valid any more: refresh it, or log in.",
    headers=(WWW_AUTHENTICATE,),
)
INVALID_REQUEST = ProblemType(
    code="invalid-request",
    status=422,
    title="Invalid request",
    meaning="Something that was sent does not have the documented form.",
    members={
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["place", "reason"],
                "properties": {
                    "place": {**_TEXT, "examples": ["query.limit"]},
                    "reason": {**_TEXT, "examples": ["Input should be greater than or equal to 1"]},
                },
            },
        }
    },
)
INTERNAL_ERROR = ProblemType(
    code="internal-error", status=500, title="Internal error", meaning="The request failed on our side."
)
UNAVAILABLE = ProblemType(
    code="unavailable",
    status=503,
    title="Temporarily unavailable",
    meaning="The service cannot reach its data. Nothing was lost.",
    headers=(RETRY_AFTER,),
)
BUSY = ProblemType(
    code="busy",
    status=503,
    title="Too busy",
    meaning="The work cannot be taken at the moment.",
    headers=(RETRY_AFTER,),
)


class Problem(Exception):  # noqa: N818 - the RFC's word
    """Raise it, and the caller gets it as problem details.

    Args:
        kind: what callers tell it by.
        detail: what is wrong this time, and what the caller can do.
        retry_after: seconds, sent as the header Retry-After.
        headers: further ones.
        members: those that the kind has beside the RFC's own.
    """

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(f"{kind.status} {kind.code}: {detail}")
        self.status = kind.status
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers[RETRY_AFTER] = str(retry_after)
        self.body: dict[str, object] = {
            "type": kind.address,
            "title": kind.title,
            "status": kind.status,
            "detail": detail,
            **members,
        }


def of_status(status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> Problem:
    """A problem that has no kind of its own beside its status: the framework's, as for an unknown path."""
    phrase = HTTPStatus(status).phrase
    kind = ProblemType(code=phrase.lower().replace(" ", "-"), status=status, title=phrase, meaning=phrase)
    return Problem(kind, detail, headers=headers)
