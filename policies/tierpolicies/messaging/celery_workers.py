"""Celery workers as the commands and the environment of their containers describe them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload
from tierpolicies.workloads.known_variables import Variable, known_variables

_COMMAND = re.compile(r"(?:^|[\s/])celery\s(?:.*\s)?worker(?:\s|$)", re.DOTALL)
_BARE = re.compile(r"^worker\s(?:.*\s)?(?:-Q|--queues)", re.DOTALL)
_VARIABLE = re.compile(r"\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)")
_SCHEDULER = re.compile(r"(?:^|\s)(?:-B|--beat)(?:\s|$)")
_OPTIONS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"(?:^|\s)(?:{forms})(?:=|\s+)?([^\s'\"]+)")
    for name, forms in {
        "queues": "-Q|--queues",
        "concurrency": "-c|--concurrency",
        "autoscale": "--autoscale",
        "pool": "-P|--pool",
        "time_limit": "--time-limit",
        "soft_time_limit": "--soft-time-limit",
        "prefetch": "--prefetch-multiplier",
    }.items()
}
_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "concurrency": ("CELERY_WORKER_CONCURRENCY", "CELERYD_CONCURRENCY", "WORKER_CONCURRENCY"),
    "autoscale": ("CELERY_WORKER_AUTOSCALE", "CELERYD_AUTOSCALE"),
    "pool": ("CELERY_WORKER_POOL", "CELERYD_POOL"),
    "time_limit": ("CELERY_TASK_TIME_LIMIT", "CELERYD_TASK_TIME_LIMIT"),
    "soft_time_limit": ("CELERY_TASK_SOFT_TIME_LIMIT", "CELERYD_TASK_SOFT_TIME_LIMIT"),
    "prefetch": ("CELERY_WORKER_PREFETCH_MULTIPLIER", "CELERYD_PREFETCH_MULTIPLIER"),
    "acks_late": ("CELERY_TASK_ACKS_LATE", "CELERY_ACKS_LATE"),
    "reject_on_worker_lost": ("CELERY_TASK_REJECT_ON_WORKER_LOST",),
}


@dataclass(frozen=True)
class Setting:
    """What an option or a variable is set to, and where that stands."""

    text: str
    view: View

    @property
    def number(self) -> float | None:
        """The figure, where it is one."""
        try:
            return float(self.text)
        except ValueError:
            return None

    @property
    def is_true(self) -> bool:
        """Whether it reads as yes."""
        return self.text.lower() in ("1", "true", "yes", "on")


@dataclass(frozen=True)
class Worker:
    """A container that runs `celery worker`."""

    workload: Workload
    container: View
    line: str
    variables: Mapping[str, Variable]

    @property
    def manifest(self) -> Manifest:
        """The object that makes its pods."""
        return self.workload.manifest

    def setting(self, name: str) -> Setting | None:
        """What an option of the command says, or else the variable that stands for it."""
        pattern = _OPTIONS.get(name)
        match = pattern.search(self.line) if pattern else None
        if match:
            return Setting(match[1], self._said(match[1]))
        for variable in _VARIABLES.get(name, ()):
            if variable in self.variables:
                return Setting(*self.variables[variable])
        return None

    @cached_property
    def queues(self) -> tuple[str, ...] | None:
        """The queues it names; nothing where its code decides, or a variable that nobody knows."""
        found = self.setting("queues")
        if found is None or "$" in found.text:
            return None
        return tuple(name for name in found.text.split(",") if name)

    @property
    def slots(self) -> int:
        """How many tasks a pod takes at once, as far as the command tells; 1 where it does not."""
        found = self.setting("concurrency")
        return int(found.number) if found and found.number and found.number >= 1 else 1

    @property
    def schedules(self) -> bool:
        """Whether it runs the scheduler, too."""
        return _SCHEDULER.search(self.line) is not None

    def _said(self, text: str) -> View:
        """The word of the command that says something."""
        words = [word for field in ("command", "args") for word in self.container[field]]
        return next((word for word in words if text in word.text), self.container["args"])


_MADE: WeakKeyDictionary[Index, tuple[Worker, ...]] = WeakKeyDictionary()


def workers(index: Index) -> tuple[Worker, ...]:
    """Every worker of the tree; found once for all rules."""
    if index not in _MADE:
        _MADE[index] = tuple(_workers(index))
    return _MADE[index]


def _workers(index: Index) -> Iterator[Worker]:
    for workload in index.workloads:
        for container in workload.own.running:
            words = [word.text for field in ("command", "args") for word in container[field]]
            line = " ".join(words)
            command = (_COMMAND.search(line) or _BARE.search(line)) if "worker" in line else None
            if command:
                known = known_variables(index, workload, container.view)
                yield Worker(workload, container.view, _replaced(line[command.start() :], known), known)


def _replaced(line: str, known: Mapping[str, Variable]) -> str:
    """A command with the variables that are known in their place."""
    if "$" not in line:
        return line

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        return known[name].text if name in known else match[0]

    return _VARIABLE.sub(value, line)
