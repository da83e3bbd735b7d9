"""A new app as it is asked for, and what its template and the description are told of it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tierpolicies.documents.nodes import Value

Kind = Literal["api", "worker"]
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class NewApp:
    """One app with one workload, both of one name.

    `cpu` and `memory` are requested by each replica; it may use four times the CPU and twice the memory.
    A worker has a queue of its own, `q.<name>`, with one task, `<name>.run`.
    """

    kind: Kind
    name: str
    namespace: str
    route: str
    cpu: str
    memory: str
    cpu_limit: str
    memory_limit: str

    @property
    def module(self) -> str:
        """Its folder, which Python can import."""
        return module_of(self.name)

    @property
    def queue(self) -> str:
        return f"q.{self.name}"

    @property
    def task(self) -> str:
        return f"{self.name}.run"

    @property
    def queue_entry(self) -> dict[str, Value]:
        """The queue in the description: an hour to wait, a minute a task, fewer than drain in it."""
        return {
            "binding": f"{self.name}.#",
            "ttl": "3600s",
            "max_length": 1000,
            "retries": 3,
            "time_limit": "60s",
            "tasks": {self.task: {"seconds": 5}},
        }

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its template."""
        return {
            "app": self.name,
            "module": self.module,
            "namespace": self.namespace,
            "route": self.route,
            "queue": self.queue,
            "task": self.task,
            "cpu": self.cpu,
            "memory": self.memory,
            "cpu_limit": self.cpu_limit,
            "memory_limit": self.memory_limit,
        }


def module_of(name: str) -> str:
    """The folder of an app, which Python can import."""
    return name.replace("-", "_")


def fault_of(name: str) -> str | None:
    """Why a text is not the name of an app, if it is not: it is a Service's, a module's and an image's."""
    if _NAME.fullmatch(name) is None:
        return "write at most 40 small letters, digits and dashes, a letter first, for example photo-api"
    if keyword.iskeyword(module_of(name)):
        return "it is a word of Python, whose module it would name; choose another"
    return None
