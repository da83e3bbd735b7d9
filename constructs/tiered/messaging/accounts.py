"""Who may do what at the broker: the least that publishing to and consuming from given queues needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tiered.errors import TieredError
from tiered.messaging.topology import Queue, Topology

# What Celery's native delayed delivery (kombu.transport.native_delayed_delivery) declares when a
# worker starts on quorum queues; retries with a countdown travel through it.
_DELAYS = r"celery_delayed_(delivery|[0-9]+)"
# The delay that such a message still carries in front of its routing key when it comes back.
_DELAY_BITS = r"([01]\.)*"
_NOTHING = "^$"
_EVERYTHING = ".*"


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user of the broker, named like the workload that logs in.

    Args:
        publishes: names of queues; permits the routing keys of their tasks and no others.
        consumes: names of queues. A queue of tasks is consumed by Celery workers, which also
            retry; the dead-letter queue by a collector that only reads.
        administers: everything, for people.
    """

    name: str
    publishes: Sequence[str] = ()
    consumes: Sequence[str] = ()
    administers: bool = False

    @property
    def tags(self) -> list[str]:
        return ["administrator"] if self.administers else []


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Regular expressions over names of exchanges and queues, as RabbitMQ compares them.

    `topic_write` and `topic_read` are over the routing keys of the task exchange; None: it is not used.
    """

    configure: str
    write: str
    read: str
    topic_write: str | None = None
    topic_read: str | None = None


def rights(account: Account, topology: Topology) -> Rights:
    """What an account needs, and no more.

    Apps declare neither queues nor the exchange (kombu: `no_declare=True`), for the definitions do,
    and their `task_queues` hold what they publish to and consume. So nobody may configure anything
    but Celery's delays. A worker binds all its `task_queues` behind these when it starts: that
    writes to a queue and reads from the exchange. Remote control and worker events
    (`worker_enable_remote_control`, gossip, mingle, heartbeat) would need more and have to be off.

    Raises:
        TieredError: if the account names a queue that the topology lacks.
    """
    if account.administers:
        return Rights(configure=_EVERYTHING, write=_EVERYTHING, read=_EVERYTHING)
    dead_letters = topology.dead_letters.queue
    consumes = _queues(account, [name for name in account.consumes if name != dead_letters], topology)
    known = [
        *consumes,
        *(queue for queue in _queues(account, account.publishes, topology) if queue not in consumes),
    ]
    reads = [re.escape(name) for name in account.consumes]
    exchange = re.escape(topology.exchange)
    if not consumes:
        return Rights(
            configure=_NOTHING,
            write=_any_of([exchange] if known else []),
            read=_any_of(reads),
            topic_write=_any_of(_task_keys(known)) if known else None,
            topic_read=_NOTHING if known else None,
        )
    # Celery sends a retry under its queue's own key, which is the binding.
    keys = [*_task_keys(known), *(re.escape(queue.binding) for queue in consumes)]
    return Rights(
        configure=_any_of([_DELAYS]),
        write=_any_of([exchange, _DELAYS, *(re.escape(queue.name) for queue in known)]),
        read=_any_of([exchange, _DELAYS, *reads]),
        topic_write=f"^{_DELAY_BITS}({'|'.join(keys)})$",
        topic_read=_any_of([rf"(#\.)?{re.escape(queue.binding)}" for queue in known]),
    )


def _queues(account: Account, names: Iterable[str], topology: Topology) -> list[Queue]:
    known = {queue.name: queue for queue in topology.queues}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise TieredError(
            f"broker account {account.name!r} names the queue {unknown[0]!r}, which is not described;"
            f" there are {', '.join(known) or 'none'}"
        )
    return [known[name] for name in names]


def _task_keys(queues: Iterable[Queue]) -> list[str]:
    keys = {re.escape(task.routing_key): None for queue in queues for task in queue.tasks.values()}
    return list(keys)


def _any_of(names: Sequence[str]) -> str:
    return f"^({'|'.join(names)})$" if names else _NOTHING
