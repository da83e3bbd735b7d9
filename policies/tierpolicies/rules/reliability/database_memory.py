"""A database may use more memory than its container has.

## What it does
Adds up what PostgreSQL's settings allow: `shared_buffers`, `work_mem` for each of `max_connections`, and
`autovacuum_work_mem` (or `maintenance_work_mem`) for each of `autovacuum_max_workers`. More than the
container's memory limit is reported.

## Why is this bad
The kernel kills a process of the server, and PostgreSQL ends all connections and recovers from its log:
every transaction in flight is lost, under load, again and again.

## Example
```
shared_buffers = 1GB
work_mem = 16MB            # and 100 connections, in a container of 2Gi
```

## Use instead
```
shared_buffers = 512MB
work_mem = 5MB
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.quantity import bytes_text
from tierpolicies.storage.postgres_servers import MOST, Server, servers
from tierpolicies.workloads.container_resources import memory_limit

_VACUUM = "autovacuum_work_mem"


@rule(
    needs=("ConfigMap",),
    severity=Severity.WARNING,
    remediation="Lower work_mem, shared_buffers or max_connections, or give the container more memory.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each server whose settings allow more than its limit."""
    for server in servers(context.index):
        limit = memory_limit(server.container)
        if not limit or not server.files:
            continue  # with the defaults of the image nobody has sized it to anything
        shared = server.size("shared_buffers", default="128MB", unit="kB")
        sorting = server.size("work_mem", default="4MB", unit="kB") * server.count(MOST)
        vacuum = _workers(server) * _maintenance(server)
        total = shared + sorting + vacuum
        if total > limit:
            told = (
                f"{bytes_text(shared)} of shared buffers, {bytes_text(sorting)} to sort in,"
                f" {bytes_text(vacuum)} to vacuum"
            )
            yield server.fault(f"it may use {bytes_text(total)} of {bytes_text(limit)}: {told}", "work_mem")


def _workers(server: Server) -> int:
    text = server.text("autovacuum_max_workers")
    return int(text) if text.isdecimal() else 3


def _maintenance(server: Server) -> int:
    own = _VACUUM if server.text(_VACUUM) not in ("", "-1") else "maintenance_work_mem"
    return server.size(own, default="64MB", unit="kB")
