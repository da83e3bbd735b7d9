"""The packed schemas: which versions there are and what each accepts."""

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

_FOLDER = Path(__file__).parent
_REFERENCE = re.compile(r'"#/\$defs/([0-9a-f]+)"')
COMMON = "all"
ROOT = "#/$defs/"


class Bundle:
    """Schemas of Kubernetes' own kinds, by version, and of some custom ones.

    `kinds` maps `apiVersion/kind` to the name of a definition by version, `custom` a custom kind to that of
    its one; `lifecycle` maps a kind to the versions that deprecated and removed it, its successor, a hint,
    and a word where the two are alike; `cluster` are the kinds without a namespace, as `group/Kind`,
    `group/*` or, of the core, `Kind`; `metadata` is the name of the definition of a custom resource's
    metadata.
    """

    def __init__(self, data: bytes) -> None:
        index, *lines = data.decode().split("\n")
        told: Mapping[str, Any] = json.loads(index)
        self.versions: tuple[str, ...] = tuple(told["versions"])
        self.kinds: Mapping[str, Mapping[str, str]] = told["kinds"]
        self.custom: Mapping[str, str] = told["custom"]
        self.lifecycle: Mapping[str, list[str]] = told["lifecycle"]
        self.cluster = frozenset(told["cluster"])
        self.metadata: str = told["metadata"]
        self._texts = dict(line.split(" ", 1) for line in lines)
        self._decoded: dict[str, Schema] = {}
        self._is_whole = False

    def definition(self, name: str) -> Schema:
        """A definition, decoded; those it refers to by name are not."""
        if name not in self._decoded:
            self._decoded[name] = json.loads(self._text(name))
        return self._decoded[name]

    def _text(self, name: str) -> str:
        if name not in self._texts and not self._is_whole:
            # What one version alone says is read when an object does not fit what all of them say.
            lines = zlib.decompress((_FOLDER / "versions.z").read_bytes()).decode().split("\n")
            self._texts.update(dict(line.split(" ", 1) for line in lines))
            self._is_whole = True
        return self._texts[name]

    def text(self, names: Iterable[str]) -> str:
        """A schema, as JSON, of an object with one property for each of some definitions."""
        roots = sorted(names)
        waiting, needed = list(roots), set(roots)
        while waiting:
            found = {*_REFERENCE.findall(self._text(waiting.pop()))} - needed
            needed |= found
            waiting += found
        properties = ",".join(f'"{name}":{{"$ref":"{ROOT}{name}"}}' for name in roots)
        definitions = ",".join(f'"{name}":{self._text(name)}' for name in sorted(needed))
        return f'{{"properties":{{{properties}}},"$defs":{{{definitions}}}}}'

    @cached_property
    def shared(self) -> dict[str, Schema]:
        """The definitions that custom resources refer to: `metadata` and what is in it."""
        found: dict[str, Schema] = json.loads(self.text([self.metadata]))["$defs"]
        return found

    def successor(self, kind: str) -> str:
        """The kind that takes the place of one that is gone, where nothing but its version has changed."""
        told = self.lifecycle.get(kind)
        return told[2] if told is not None and told[4] else ""

    def is_cluster_scoped(self, group: str, kind: str) -> bool:
        """Whether an object of a built-in kind stands in no namespace."""
        return (f"{group}/{kind}" if group else kind) in self.cluster or f"{group}/*" in self.cluster


@cache
def bundle() -> Bundle:
    """The bundle of this installation; read once, 2 ms."""
    return Bundle(zlib.decompress((_FOLDER / "kubernetes.z").read_bytes()))
