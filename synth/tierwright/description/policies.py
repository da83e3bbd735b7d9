"""What the project wants of the judge: which rules, how severe, with what figures, and rules of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema

from tierwright.description.base import Described
from tierwright.description.fields import Form
from tierwright.description.files import INSIDE


def _severity(value: object) -> object:
    return "off" if value is False else value  # what YAML 1.1 makes of a bare off


Severity = Annotated[
    Literal["error", "warning", "note", "off"],
    BeforeValidator(_severity),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "enum": ["error", "warning", "note", "off"]}, {"const": False}]}
    ),
]


def _figure(value: object) -> object:
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if is_list or isinstance(value, str | int | float):
        return value
    raise ValueError("is no parameter; write a number, a text, true or false, or a list of texts")


Parameter = Annotated[
    object,
    BeforeValidator(_figure),
    WithJsonSchema({"type": ["string", "number", "boolean", "array"], "items": {"type": "string"}}),
]
RelativePath = Annotated[
    str,
    Form(
        f"^{INSIDE.pattern}$",
        "is not a path inside the project; write it from the folder of this file, for example policies/rules",
    ),
]


class Policies(Described):
    """The judge's rules as the project wants them. What is not named here is as the rule declares it."""

    severities: dict[str, Severity] = {}
    """Severity of a rule, or of a family or group of rules; the narrowest name counts, `off` runs none."""
    parameters: dict[str, dict[str, Parameter]] = {}
    """Figures of a rule: the rule's name, then parameter and value."""
    rules: RelativePath | None = None
    """The folder of the project's own rules: one Python file each, `<family>/<rule>.py`."""
    crds: tuple[RelativePath, ...] = ()
    """Files or folders with CustomResourceDefinitions that the cluster has and no manifest here brings."""
