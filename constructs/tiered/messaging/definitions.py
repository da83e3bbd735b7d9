"""A topology in the form in which RabbitMQ imports and exports its definitions; no passwords in it."""

from __future__ import annotations

from collections.abc import Sequence

from tiered.messaging.accounts import Account, rights
from tiered.messaging.topology import Queue, Topology

_UNLIMITED = -1


def definitions(topology: Topology, accounts: Sequence[Account] = ()) -> dict[str, object]:
    """Virtual host, exchanges, queues, bindings and permissions; its users have to be imported before it.

    Every queue is a quorum queue. A full queue refuses the publish, because dead-lettering at least
    once allows no other overflow: a message leaves its queue only when the dead-letter queue has
    confirmed it, so a full dead-letter queue holds messages back and loses none. That queue knows no
    time to live, no delivery limit and no dead letters of its own.
    """
    host = topology.virtual_host
    dead_letters = topology.dead_letters
    return {
        "vhosts": [{"name": host, "metadata": {"default_queue_type": "quorum"}}],
        "permissions": [_permission(account, topology) for account in accounts],
        "topic_permissions": [
            permission for account in accounts for permission in _topic_permission(account, topology)
        ],
        "exchanges": [
            _exchange(topology.exchange, "topic", host),
            _exchange(dead_letters.exchange, "direct", host),
        ],
        "queues": [
            *(_queue(queue.name, host, _arguments(queue, topology)) for queue in topology.queues),
            _queue(
                dead_letters.queue,
                host,
                {
                    "x-queue-type": "quorum",
                    "x-max-length": dead_letters.max_length,
                    "x-overflow": "reject-publish",
                    "x-delivery-limit": _UNLIMITED,
                },
            ),
        ],
        "bindings": [
            *(_binding(topology.exchange, queue.name, queue.binding, host) for queue in topology.queues),
            _binding(dead_letters.exchange, dead_letters.queue, dead_letters.routing_key, host),
        ],
    }


def _permission(account: Account, topology: Topology) -> dict[str, object]:
    granted = rights(account, topology)
    return {
        "user": account.name,
        "vhost": topology.virtual_host,
        "configure": granted.configure,
        "write": granted.write,
        "read": granted.read,
    }


def _topic_permission(account: Account, topology: Topology) -> list[dict[str, object]]:
    granted = rights(account, topology)
    if granted.topic_write is None or granted.topic_read is None:
        return []
    return [
        {
            "user": account.name,
            "vhost": topology.virtual_host,
            "exchange": topology.exchange,
            "write": granted.topic_write,
            "read": granted.topic_read,
        }
    ]


def _exchange(name: str, kind: str, host: str) -> dict[str, object]:
    return {
        "name": name,
        "vhost": host,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, host: str, arguments: dict[str, object]) -> dict[str, object]:
    return {"name": name, "vhost": host, "durable": True, "auto_delete": False, "arguments": arguments}


def _arguments(queue: Queue, topology: Topology) -> dict[str, object]:
    arguments: dict[str, object] = {"x-queue-type": "quorum"}
    if queue.ttl_seconds is not None:
        arguments["x-message-ttl"] = queue.ttl_seconds * 1000
    return {
        **arguments,
        "x-max-length": queue.max_length,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": topology.dead_letters.exchange,
        "x-dead-letter-routing-key": topology.dead_letters.routing_key,
        "x-dead-letter-strategy": "at-least-once",
        "x-delivery-limit": queue.delivery_limit,
    }


def _binding(exchange: str, queue: str, routing_key: str, host: str) -> dict[str, object]:
    return {
        "source": exchange,
        "vhost": host,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": routing_key,
        "arguments": {},
    }
