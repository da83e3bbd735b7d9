"""The packed schemas: which versions there are and what each accepts."""

import json
import re
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

_FOLDER = Path(__file__).parent
_REFERENCE = re.compile(r'"#/\$defs/([0-9a-f]+)"')
COMMON = "all"
ROOT = "#/$defs/"


class Bundle:
    """Schemas of Kubernetes' own kinds, by version, and of the custom kinds known here."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.versions: tuple[str, ...] = tuple(data["versions"])
        self.kinds: Mapping[str, Mapping[str, str]] = data["kinds"]
        self._texts: Mapping[str, str] = data["definitions"]
        self.definitions: dict[str, Schema] = {}

    def load(self, name: str) -> None:
        """Decodes a definition and all it refers to into `definitions`."""
        waiting = [name]
        while waiting:
            name = waiting.pop()
            if name not in self.definitions:
                text = self._texts[name]
                self.definitions[name] = json.loads(text)
                waiting += _REFERENCE.findall(text)


@cache
def bundle() -> Bundle:
    """The bundle of this installation; read once, 5 ms."""
    return Bundle(json.loads(zlib.decompress((_FOLDER / "kubernetes.json.z").read_bytes())))


def custom(api_version: str, kind: str) -> Schema | None:
    """The strict schema of a custom kind's known fields, if there is one."""
    return _custom().get(f"{api_version}/{kind}")


def known(api_version: str, kind: str) -> bool:
    """Whether any bundled version, or a schema for custom resources, knows a kind."""
    return f"{api_version}/{kind}" in bundle().kinds or custom(api_version, kind) is not None


def custom_kinds() -> tuple[str, ...]:
    """`apiVersion/kind` of every custom kind known here."""
    return tuple(_custom())


@cache
def _custom() -> dict[str, Schema]:
    folder = _FOLDER / "custom"
    shared = json.loads((folder / "definitions.json").read_bytes())
    found: dict[str, Schema] = {}
    for path in sorted(folder.glob("*/*.json")):
        schema: Schema = json.loads(path.read_bytes())
        schema["$defs"] = {**shared, **schema.get("$defs", {})}
        for api_version in schema["properties"]["apiVersion"]["enum"]:
            found[f"{api_version}/{path.stem}"] = schema
    return found
