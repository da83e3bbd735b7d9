"""Charts -> the files of one environment, and the inventory that says where each value comes from."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tiered.emitter import emit
from tiered.manifest import Manifest
from tiered.origin import Origin, origin_of
from tierwright.output.foreign import INDEX

if TYPE_CHECKING:
    from tiered.chart import Chart  # imports cdk8s

REPORT = "report.md"
"""Name of an environment's report for people."""


@dataclass(frozen=True)
class Rendered:
    """The manifests of an environment by path below dist/<environment>, and what is known of each.

    `entries` are those of the inventory, as JSON texts; `pages` are for people, by path as well.
    """

    files: Mapping[str, bytes]
    entries: Mapping[str, str]
    pages: Mapping[str, str] = field(default_factory=dict)

    def complete(self, report: str | None = None) -> dict[str, bytes]:
        """All files: manifests, pages, the report if there is one yet, and the inventory over them.

        The inventory is `{"version": 1, "files": {PATH: {"sha256", "object", "source", "values"}}}`:
        `source` is the place in the description that asked for the object, `values` the places of
        its values by JSON pointer.
        """
        files, entries = dict(self.files), dict(self.entries)
        texts = {**self.pages, REPORT: report} if report is not None else self.pages
        for path, text in texts.items():
            files[path] = text.encode()
            entries[path] = json.dumps({"sha256": _sha256(files[path])})
        files[INDEX] = _inventory(entries)
        return files


def render(charts: Mapping[str, Chart], pages: Mapping[str, str] | None = None) -> Rendered:
    """Every object of every chart as a file of its own; `charts` by folder, `pages` by path."""
    files: dict[str, bytes] = {}
    entries: dict[str, str] = {}
    for folder, chart in charts.items():
        taken = Counter(f"{each.kind}-{each.name}" for each in chart.manifests)
        for manifest in chart.manifests:
            path = f"{folder}/{_file_name(manifest, ambiguous=taken[f'{manifest.kind}-{manifest.name}'] > 1)}"
            files[path] = emit(manifest.body).encode()
            entries[path] = json.dumps(_entry(manifest, files[path]))
    return Rendered(files, entries, pages or {})


def _file_name(manifest: Manifest, *, ambiguous: bool) -> str:
    group = f".{manifest.group}" if ambiguous and manifest.group else ""
    return f"{manifest.kind}{group}-{manifest.name}.yaml"


def _inventory(entries: Mapping[str, str]) -> bytes:
    """A line a file: short differences, and ten times faster than json's own indentation."""
    lines = (f"{json.dumps(path)}: {entries[path]}" for path in sorted(entries))
    return ('{"version": 1, "files": {\n' + ",\n".join(lines) + "\n}}\n").encode()


def _entry(manifest: Manifest, content: bytes) -> dict[str, object]:
    parts = (manifest.api_version, manifest.kind, manifest.namespace, manifest.name)
    entry: dict[str, object] = {
        "sha256": _sha256(content),
        "object": "/".join(part for part in parts if part),
    }
    if manifest.origin is not None:
        entry["source"] = _place(manifest.origin)
    values = {pointer: _place(origin) for pointer, origin in _origins(manifest.body, "")}
    if values:
        entry["values"] = values
    return entry


def _origins(value: object, pointer: str) -> Iterator[tuple[str, Origin]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _origins(item, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _origins(item, f"{pointer}/{index}")
    else:
        origin = origin_of(value)
        if origin is not None:
            yield pointer, origin


def _place(origin: Origin) -> dict[str, object]:
    return {"file": origin.file, "line": origin.line, "column": origin.column}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
