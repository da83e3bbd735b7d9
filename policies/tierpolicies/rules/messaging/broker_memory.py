"""A broker is killed before it slows its publishers down.

## What it does
Compares `vm_memory_high_watermark` of rabbitmq.conf, absolute or as a share, with the memory limit of the
broker's container: more than the parameter `most_percent` is reported.

## Why is this bad
Beyond the watermark RabbitMQ blocks publishers, and it needs room above it to get there. Without that room
the kernel kills the broker instead, with all its connections.

## Example
```
vm_memory_high_watermark.absolute = 1GiB    # and a limit of 1Gi
```

## Use instead
```
vm_memory_high_watermark.absolute = 600MiB
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker_servers import amount, servers
from tierpolicies.workloads.container_resources import memory_limit

_ABSOLUTE = "vm_memory_high_watermark.absolute"
_RELATIVE = "vm_memory_high_watermark.relative"
_MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Parameters:
    """How much of the limit the watermark may be at most."""

    most_percent: int = 80


@rule(
    needs=(MESSAGES,),
    each=Context,
    severity=Severity.WARNING,
    remediation="Set the watermark to about 60 % of the container's memory limit.",
    parameters=Parameters(),
)
def check(context: Context, parameters: Parameters) -> Iterator[Fault]:
    """Reports each watermark that is too near to the limit."""
    for server in servers(context.index):
        limit = memory_limit(server.container)
        absolute, relative = server.conf.get(_ABSOLUTE), server.conf.get(_RELATIVE)
        watermark = amount(absolute) if absolute is not None else None
        if absolute is not None and limit and watermark is not None:
            if watermark * 100 > limit * parameters.most_percent:
                told = f"{watermark // _MIB} MiB of the container's {limit // _MIB} MiB"
                yield absolute.fault(f"publishers are slowed down at {told}: it is killed first")
        elif relative is not None and (relative.number or 0) * 100 > parameters.most_percent:
            yield relative.fault(
                f"publishers are slowed down at {relative.text} of the memory: it is killed first"
            )
