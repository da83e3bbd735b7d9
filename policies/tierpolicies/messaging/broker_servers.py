"""The pods that run RabbitMQ itself, with their rabbitmq.conf."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload
from tierpolicies.workloads.known_variables import Variable, known_variables

_IMAGES = ("rabbitmq", "rabbitmq-server")
_CONF = ".conf"
_PLUGINS = "enabled_plugins"
_AMOUNT = re.compile(r"(\d+)\s*([kKMGT]?)(i?[bB])?$")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


@dataclass(frozen=True, slots=True)
class Line:
    """A line `key = value` of a rabbitmq.conf."""

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

    @property
    def amount(self) -> int | None:
        """The bytes it stands for: `MiB` and `M` are powers of 1024, `MB` of 1000."""
        match = _AMOUNT.match(self.text)
        if not match:
            return None
        unit = 1000 if (match[3] or "").upper() == "B" and match[2] else 1024
        return int(match[1]) * int(unit ** _POWERS[match[2].lower()])


@dataclass(frozen=True)
class Server:
    """A workload that runs RabbitMQ, the container it runs in and what it is configured with."""

    workload: Workload
    container: View
    conf: Mapping[str, Line]
    plugins: frozenset[str] | None
    variables: Mapping[str, Variable]

    @property
    def manifest(self) -> Manifest:
        """The object that makes its pods."""
        return self.workload.manifest

    @property
    def holders(self) -> frozenset[str]:
        """The names of the ConfigMaps that its pods mount."""
        return frozenset(_mounted(self.workload))


_MADE: WeakKeyDictionary[Index, tuple[Server, ...]] = WeakKeyDictionary()


def servers(index: Index) -> tuple[Server, ...]:
    """Every workload that runs RabbitMQ; found once for all rules."""
    if index not in _MADE:
        _MADE[index] = tuple(_servers(index))
    return _MADE[index]


def _servers(index: Index) -> Iterator[Server]:
    for workload in index.workloads:
        if workload.finishes:
            continue
        for container in workload.own.running:
            image = container["image"].text.partition("@")[0].rpartition("/")[2].partition(":")[0]
            if image in _IMAGES:
                conf, plugins = _configured(index, workload)
                given = known_variables(index, workload, container.view)
                yield Server(workload, container.view, conf, plugins, given)


def _configured(index: Index, workload: Workload) -> tuple[dict[str, Line], frozenset[str] | None]:
    conf: dict[str, Line] = {}
    plugins: frozenset[str] | None = None
    for name in _mounted(workload):
        manifest = index.find("ConfigMap", name, workload.manifest.namespace)
        for key, text in manifest.view["data"].items() if manifest is not None else ():
            if key.endswith(_CONF) and manifest is not None:
                conf.update((line.key, line) for line in _lines(manifest, text))
            elif key == _PLUGINS:
                plugins = frozenset(re.findall(r"\w+", text.text))
    return conf, plugins


def _mounted(workload: Workload) -> Iterator[str]:
    for volume in workload.pod["volumes"]:
        yield volume.at("configMap", "name").text
        for source in volume.at("projected", "sources"):
            yield source.at("configMap", "name").text


def _lines(manifest: Manifest, text: View) -> Iterator[Line]:
    offset = 0
    for line in text.text.splitlines(keepends=True):
        key, equals, value = line.partition("=")
        if equals and not key.lstrip().startswith("#"):
            yield Line(manifest, text, offset, key.strip(), value.strip())
        offset += len(line)
