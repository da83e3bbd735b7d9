"""The scalar types of a description.

A validator's error is "what is wrong; what to write instead": :mod:`.explaining` parts the two.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from tiered.errors import TieredError
from tiered.quantity import canonical, parse

_DURATION = r"^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$"
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_CRON = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("weekday", 0, 6))
_CRON_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?")


@dataclass(frozen=True)
class Form:
    """The pattern that a text must match as a whole, and what to say where it does not."""

    pattern: str
    fault: str

    def check(self, text: str) -> str:
        if re.fullmatch(self.pattern, text) is None:
            raise ValueError(self.fault)
        return text

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self.pattern}


def _quantity(text: object) -> str:
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise ValueError("is not a quantity; write for example 250m or 512Mi")
    written = text if isinstance(text, str) else repr(text)
    try:
        amount = canonical(written)
    except TieredError as error:
        raise ValueError("is not a quantity; write for example 250m, 2, 512Mi or 1.5Gi") from error
    if written.startswith("-"):
        raise ValueError("is negative; write 0 or more")
    return amount


def _size(amount: str) -> str:
    if parse(amount) < 1:
        raise ValueError("holds nothing; write a size such as 20Gi")
    return amount


def _seconds(text: object) -> int:
    match = re.fullmatch(_DURATION, text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("is not a duration; write a number with its unit, for example 300s, 5m or 7d")
    seconds = Fraction(match.group(1)) * _UNITS[match.group(2)] / 1000
    if seconds.denominator != 1 or not seconds:
        raise ValueError("is not a number of whole seconds; write 1s or more")
    return int(seconds)


def _cidr(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError("is not an address range; write for example 10.0.0.0/16") from error
    if "/" not in text:
        raise ValueError(f"is one address, not a range; write {network} if that is meant")
    if ipaddress.ip_address(text.partition("/")[0]) != network.network_address:
        raise ValueError(f"does not begin where its range begins; write {network}")
    return text


def _cron(text: str) -> str:
    fields = text.split()
    if len(fields) != len(_CRON):
        mend = 'write for example "0 2 * * *" for daily at 02:00'
        raise ValueError(f"has {len(fields)} fields, and a cron schedule five; {mend}")
    for field, (name, low, high) in zip(fields, _CRON, strict=True):
        for part in field.split(","):
            match = _CRON_PART.fullmatch(part)
            bounds = [int(number) for number in match.groups()[:2] if number] if match else []
            if match is None or bounds != sorted(bounds) or any(not low <= each <= high for each in bounds):
                mend = f"write *, a number from {low} to {high}, a range such as {low}-{high}, or */{low + 2}"
                raise ValueError(f"has {field!r} for its {name}; {mend}")
    return text


Name = Annotated[
    str,
    Form(
        r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
        "is not a name; write at most 63 small letters, digits and dashes, for example ai-worker",
    ),
]
DottedName = Annotated[
    str,
    Form(
        r"^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$",
        "is not a name; write at most 63 small letters, digits, dashes and dots, for example image.analyze",
    ),
]
VariableName = Annotated[
    str,
    Form(
        r"^[A-Z_][A-Z0-9_]*$",
        "is not the name of a variable; write capitals, digits and underscores, for example S3_BUCKET",
    ),
]
Port = Annotated[int, Field(ge=1, le=65535)]
Quantity = Annotated[
    str,
    BeforeValidator(_quantity),
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "pattern": r"^\+?(\d+\.?\d*|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$",
            "minimum": 0,
            "examples": ["250m", 2, "512Mi"],
        }
    ),
]
Size = Annotated[
    Quantity,
    AfterValidator(_size),
]
StoreName = Annotated[
    Name,
    Form(
        r"^.{1,40}$",
        "is too long for a store; write at most 40 characters: its pods and Services add theirs",
    ),
]
Host = Annotated[
    str,
    Form(
        r"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
        "is not a host name; write small letters, digits, dashes and dots, for example shop.example",
    ),
]
Seconds = Annotated[
    int,
    BeforeValidator(_seconds),
    WithJsonSchema({"type": "string", "pattern": _DURATION, "examples": ["300s", "5m", "7d"]}),
]
Cidr = Annotated[str, AfterValidator(_cidr), Field(examples=["10.0.0.0/16"])]
Cron = Annotated[str, AfterValidator(_cron), Field(examples=["0 2 * * *"])]
Taint = Annotated[
    str,
    Form(
        r"^[A-Za-z0-9./_-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$",
        'is not a taint; write it as kubectl does, for example "tier=storage:NoSchedule"',
    ),
]
ImageReference = Annotated[
    str,
    Form(
        r"^[a-z0-9.-]+(:\d+)?/[a-z0-9._/-]+(:[A-Za-z0-9._-]+(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$",
        "is not an image; write registry/repository:tag, for example docker.io/library/redis:7.4.7",
    ),
]
RoutePath = Annotated[
    str,
    Form(
        r"^/[A-Za-z0-9/_-]*$",
        "is not a path prefix; write for example /api/v1/users, without * or a trailing pattern",
    ),
]
