"""Clients open more connections than the database takes.

## What it does
Adds up what all clients of a PostgreSQL server may open, as `reliability/role-connections` does, and compares
it with `max_connections` without those that are reserved for superusers. The limits of roles in the SQL of
the tree count where they are lower.

## Why is this bad
The server refuses whoever comes last: `sorry, too many clients already`. That is a new pod under load, a
migration, or the person who came to look.

## Example
```
max_connections = 50    # and thirty pods with a pool of 4
```

## Use instead
```
max_connections = 150
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.database_clients import clients
from tierpolicies.storage.postgres_servers import MOST, role_limits, servers


@rule(
    needs=("Service",),
    severity=Severity.ERROR,
    remediation="Raise max_connections and the memory for it, make pools smaller, or put a pooler between.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each server that cannot take all its clients."""
    limits = {each.role: each.most for each in role_limits(context.index)}
    for server in servers(context.index):
        wanted: dict[str, int] = {}
        for client in clients(context, server):
            wanted[client.role] = wanted.get(client.role, 0) + client.most
        opened = sum(min(most, limits.get(role, most)) for role, most in wanted.items())
        if opened > server.available:
            told = ", ".join(f"{role} {most}" for role, most in sorted(wanted.items()))
            yield server.fault(
                f"{server.manifest.name} takes {server.available} connections beside those reserved,"
                f" and its clients open {opened}: {told}",
                MOST,
            )
