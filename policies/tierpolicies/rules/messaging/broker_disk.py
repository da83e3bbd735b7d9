"""A broker blocks its publishers as long as it runs.

## What it does
Compares `disk_free_limit.absolute` of rabbitmq.conf with the size of the volume that the broker's
StatefulSet claims.

## Why is this bad
RabbitMQ blocks all publishers while less is free than that. A limit as large as the volume is never kept.

## Example
```
disk_free_limit.absolute = 20GiB    # and a volume of 20Gi
```

## Use instead
```
disk_free_limit.absolute = 2GiB
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker_servers import Server, amount, servers
from tierpolicies.quantity import QuantityError, parse_bytes

_LIMIT = "disk_free_limit.absolute"
_GIB = 1024**3


@rule(
    needs=(MESSAGES,), severity=Severity.ERROR, remediation="Set the limit well below the size of the volume."
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each limit that no volume keeps."""
    for server in servers(context.index):
        limit, size = server.conf.get(_LIMIT), _volume(server)
        free = amount(limit) if limit is not None else None
        if limit is not None and free and size and free >= size:
            told = f"{free / _GIB:.3g} GiB must stay free of a volume of {size / _GIB:.3g} GiB"
            yield limit.fault(f"publishers are blocked for ever: {told}")


def _volume(server: Server) -> int:
    """The size of the largest volume claimed, in bytes; 0 where none is."""
    sizes = [0]
    for claim in server.manifest.view.at("spec", "volumeClaimTemplates"):
        try:
            sizes.append(parse_bytes(claim.at("spec", "resources", "requests", "storage").text))
        except QuantityError:
            continue
    return max(sizes)
