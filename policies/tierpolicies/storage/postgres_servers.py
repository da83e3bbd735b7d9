"""The pods that run PostgreSQL, with their settings and the connections that their roles may have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.workload import Workload
from tierpolicies.storage.stores import is_postgres
from tierpolicies.workloads.settings_files import Line, mounted_settings

_SETTING = re.compile(r"(?:^|[\s])(?:-c\s*|--)([a-z_]+)=('[^']*'|\S+)")
_SIZE = re.compile(r"(\d+)\s*(B|kB|MB|GB|TB)?$")
_UNITS = {"B": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
_LIMIT = re.compile(
    r"""(?:ALTER|CREATE)\s+(?:ROLE|USER)\s+"?([\w-]+)"?[^;]*?CONNECTION\s+LIMIT\s+(\d+)""", re.IGNORECASE
)

MOST, RESERVED = "max_connections", "superuser_reserved_connections"
_DEFAULTS = {MOST: 100, RESERVED: 3, "reserved_connections": 0}


@dataclass(frozen=True)
class Server:
    """A workload that runs PostgreSQL, its container and what is set: by the command, else by files."""

    workload: Workload
    container: View
    files: Mapping[str, Line]
    command: Mapping[str, str]
    names: frozenset[tuple[str, str]]
    """The Services that lead to it, by namespace and name."""

    @property
    def manifest(self) -> Manifest:
        """The object that makes its pods."""
        return self.workload.manifest

    def text(self, setting: str) -> str:
        """What is written for a setting; empty for nothing."""
        line = self.files.get(setting)
        return self.command.get(setting) or (line.text if line is not None else "")

    def count(self, setting: str) -> int:
        """A number of connections, as written or by default."""
        text = self.text(setting)
        return int(text) if text.isdecimal() else _DEFAULTS[setting]

    def size(self, setting: str, *, default: str, unit: str) -> int:
        """Bytes of a setting; `unit` is what PostgreSQL takes a bare number for."""
        match = _SIZE.match(self.text(setting)) or _SIZE.match(default)
        return int(match[1]) * _UNITS[match[2] or unit] if match else 0

    @property
    def available(self) -> int:
        """Connections for everybody but superusers."""
        return self.count(MOST) - self.count(RESERVED) - self.count("reserved_connections")

    def fault(self, message: str, setting: str) -> Fault:
        """A fault of a setting: at its line, or at the container that does without."""
        line = self.files.get(setting)
        return line.fault(message) if line is not None else Fault(message, self.manifest, self.container)


@dataclass(frozen=True)
class RoleLimit:
    """How many connections SQL of the tree allows a role."""

    role: str
    most: int
    manifest: Manifest
    written: View
    offset: int

    def fault(self, message: str) -> Fault:
        """A fault of the statement."""
        return Fault(message, self.manifest, self.written, offset=self.offset, detail=self.role)


_MADE: WeakKeyDictionary[Index, tuple[Server, ...]] = WeakKeyDictionary()


def servers(index: Index) -> tuple[Server, ...]:
    """Every workload that runs PostgreSQL; found once for all rules."""
    if index not in _MADE:
        _MADE[index] = tuple(_servers(index))
    return _MADE[index]


def role_limits(index: Index) -> Iterator[RoleLimit]:
    """The limits that SQL in ConfigMaps gives to roles; a role's last one holds."""
    found: dict[str, RoleLimit] = {}
    for manifest in index.of_kind("ConfigMap"):
        for text in manifest.view["data"].values():
            if "LIMIT" in text.text or "limit" in text.text:
                for match in _LIMIT.finditer(text.text):
                    found[match[1]] = RoleLimit(match[1], int(match[2]), manifest, text, match.start())
    yield from found.values()


def _servers(index: Index) -> Iterator[Server]:
    for workload in index.workloads:
        if workload.finishes:
            continue
        for container in workload.own.running:
            if is_postgres(container["image"].text):
                words = [word.text for field in ("command", "args") for word in container[field]]
                command = {name: value.strip("'") for name, value in _SETTING.findall(" ".join(words))}
                files = mounted_settings(index, workload)
                yield Server(workload, container.view, files, command, frozenset(_names(index, workload)))


def _names(index: Index, workload: Workload) -> Iterator[tuple[str, str]]:
    for service in index.of_kind("Service"):
        labels = service.view.at("spec", "selector").labels
        if labels and workload in index.selected(service.namespace, labels):
            yield service.namespace or DEFAULT_NAMESPACE, service.name
