"""Settings of programs in files of ConfigMaps: lines of a name and a value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload

_LINE = re.compile(r"[ \t]*([A-Za-z_][\w.-]*)[ \t]*(?:=[ \t]*|[ \t]+)([^\n]*)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that gives a setting a value, and where it stands."""

    manifest: Manifest
    written: View
    offset: int
    key: str
    text: str

    def fault(self, message: str) -> Fault:
        """A fault of the line."""
        return Fault(message, self.manifest, self.written, offset=self.offset, detail=self.key)

    @property
    def number(self) -> float | None:
        """The figure, where it is one."""
        try:
            return float(self.text)
        except ValueError:
            return None


def lines(manifest: Manifest, text: View) -> Iterator[Line]:
    """The lines `key = value` or `key value` of a file; comments are passed over, quotes taken off."""
    offset = 0
    for line in text.text.splitlines(keepends=True):
        match = _LINE.match(line)
        if match:
            value = match[2].partition(" #")[0].strip().strip("'\"")
            yield Line(manifest, text, offset, match[1], value)
        offset += len(line)


def mounted_maps(workload: Workload) -> Iterator[str]:
    """The names of the ConfigMaps that a workload's pods mount."""
    for volume in workload.pod["volumes"]:
        yield volume.at("configMap", "name").text
        for source in volume.at("projected", "sources"):
            yield source.at("configMap", "name").text


def mounted_settings(index: Index, workload: Workload) -> dict[str, Line]:
    """The settings in the files `*.conf` that a workload's pods mount; the last line of a name holds."""
    found: dict[str, Line] = {}
    for name in mounted_maps(workload):
        manifest = index.find("ConfigMap", name, workload.manifest.namespace) if name else None
        for key, text in manifest.view["data"].items() if manifest is not None else ():
            if key.endswith(".conf") and manifest is not None:
                found.update((line.key, line) for line in lines(manifest, text))
    return found
