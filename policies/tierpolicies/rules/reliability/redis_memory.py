"""A Redis is killed before it is full.

## What it does
Compares `maxmemory` of a `redis.conf` with the memory limit of the container that mounts it: more than the
parameter `most_percent`, or none at all, is reported. Where a file is written (`appendonly yes` or `save`),
`most_percent_on_disk` holds: a copy of the process that writes it needs room beside it.

## Why is this bad
At `maxmemory` Redis evicts or refuses, as its policy says. At the container's limit the kernel kills it, and
what was not on disk is gone.

## Example
```
maxmemory 512mb        # and a limit of 512Mi
```

## Use instead
```
maxmemory 307mb
```
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.quantity import bytes_text
from tierpolicies.workloads.container_resources import memory_limit
from tierpolicies.workloads.images import parse
from tierpolicies.workloads.settings_files import Line, mounted_settings

_SIZE = re.compile(r"(\d+)(b|kb?|mb?|gb?)?$", re.IGNORECASE)
_UNITS = {"": 1, "b": 1, "k": 1000, "kb": 1024, "m": 1000**2, "mb": 1024**2, "g": 1000**3, "gb": 1024**3}
_SENTINEL = re.compile(r"--sentinel\b|\bredis-sentinel\b")
_SERVERS = ("redis", "valkey", "keydb")


@dataclass(frozen=True, slots=True)
class Parameters:
    """How much of the limit `maxmemory` may be at most, without and with a file that is written."""

    most_percent: int = 80
    most_percent_on_disk: int = 70


@rule(
    needs=("ConfigMap",),
    each=Context,
    severity=Severity.WARNING,
    remediation="Set maxmemory to 75 % of the container's limit, or 60 % where a file is written.",
    parameters=Parameters(),
)
def check(context: Context, parameters: Parameters) -> Iterator[Fault]:
    """Reports each instance whose own limit is none, or too near to the container's."""
    for workload in context.index.workloads:
        for container in workload.own.running:
            image = parse(container["image"].text).repository.rpartition("/")[2]
            serves = image in _SERVERS and not _is_sentinel(container.view)
            limit = memory_limit(container.view) if serves else 0
            conf = mounted_settings(context.index, workload) if limit else {}
            if not conf:
                continue
            most = parameters.most_percent_on_disk if _is_on_disk(conf) else parameters.most_percent
            line = conf.get("maxmemory")
            size = _bytes(line) if line is not None else 0
            if size == 0:
                message = f"it may grow beyond the container's {bytes_text(limit)}: no maxmemory is set"
                yield Fault(message, workload.manifest, container.view)
            elif line is not None and size is not None and size * 100 > limit * most:
                yield line.fault(
                    f"it may hold {bytes_text(size)} of the container's {bytes_text(limit)}:"
                    f" more than {most} %"
                )


def _is_sentinel(container: View) -> bool:
    """Whether it runs the image's other program, which watches servers and holds nothing itself."""
    return any(_SENTINEL.search(word.text) for field in ("command", "args") for word in container[field])


def _is_on_disk(conf: dict[str, Line]) -> bool:
    appends = "appendonly" in conf and conf["appendonly"].text.lower() == "yes"
    return appends or ("save" in conf and conf["save"].text != "")


def _bytes(line: Line) -> int | None:
    match = _SIZE.match(line.text)
    return int(match[1]) * _UNITS[(match[2] or "").lower()] if match else None
