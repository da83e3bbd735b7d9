"""The pods that run RabbitMQ itself, with their rabbitmq.conf."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload
from tierpolicies.workloads.known_variables import Variable, known_variables
from tierpolicies.workloads.settings_files import Line, mounted_maps, mounted_settings

_IMAGES = ("rabbitmq", "rabbitmq-server")
_PLUGINS = "enabled_plugins"
_AMOUNT = re.compile(r"(\d+)\s*([kKMGT]?)(i?[bB])?$")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def amount(line: Line) -> int | None:
    """The bytes that a value stands for: `MiB` and `M` are powers of 1024, `MB` of 1000."""
    match = _AMOUNT.match(line.text)
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
        return frozenset(mounted_maps(self.workload))


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
                conf = mounted_settings(index, workload)
                given = known_variables(index, workload, container.view)
                yield Server(workload, container.view, conf, _plugins(index, workload), given)


def _plugins(index: Index, workload: Workload) -> frozenset[str] | None:
    found: frozenset[str] | None = None
    for name in mounted_maps(workload):
        manifest = index.find("ConfigMap", name, workload.manifest.namespace)
        text = manifest.view["data"][_PLUGINS] if manifest is not None else None
        if text:
            found = frozenset(re.findall(r"\w+", text.text))
    return found
