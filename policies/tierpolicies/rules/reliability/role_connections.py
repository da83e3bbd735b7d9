"""A role of the database may have fewer connections than its clients open.

## What it does
Reads `CONNECTION LIMIT` from SQL in ConfigMaps, and adds up what the clients of each role may open: pods at
the autoscaler's maximum and while an update rolls, times processes of a pod (a prefork worker's concurrency,
`--workers`), times the pool that a variable such as `POSTGRES_POOL_SIZE` gives. A client finds its server by
`…_HOST` and says its role by `…_USER` beside it; one without a pool's size counts as one connection.

## Why is this bad
Under load, when the last pods start, they are refused: `too many connections for role`. It fails exactly
when it must not.

## Example
```
ALTER ROLE shop CONNECTION LIMIT 20;    -- and ten pods with a pool of 4
```

## Use instead
```
ALTER ROLE shop CONNECTION LIMIT 50;
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.database_clients import Client, clients
from tierpolicies.storage.postgres_servers import role_limits, servers


@rule(
    needs=("Service",),
    severity=Severity.ERROR,
    remediation="Raise the role's limit, or make pools or the maximum of pods smaller.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each role whose clients may open more than it may have."""
    found: dict[str, list[Client]] = {}
    for server in servers(context.index):
        for client in clients(context, server):
            found.setdefault(client.role, []).append(client)
    for limit in role_limits(context.index) if found else ():
        those = found.get(limit.role, [])
        wanted = sum(each.most for each in those)
        if wanted > limit.most:
            told = ", ".join(map(str, those))
            yield limit.fault(
                f"role {limit.role} may have {limit.most} connections, and its clients open {wanted}: {told}"
            )
