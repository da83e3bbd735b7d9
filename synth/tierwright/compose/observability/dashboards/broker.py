"""The broker: lengths and consumers of every queue, rates, dead letters, and its nodes."""

from __future__ import annotations

from collections.abc import Iterator

from tiered.observability.panel import Panel, Query, Row
from tierwright.compose.plan import QUEUE_METRIC, Plan
from tierwright.description.messaging import Messaging
from tierwright.description.stores import RabbitMQ


def rows(plan: Plan, name: str, store: RabbitMQ) -> Iterator[Row]:
    """Rows of a broker; those about queues where it holds the described ones."""
    messaging = plan.platform.messaging
    if messaging is not None and messaging.store == name:
        yield _queues(messaging)
        yield _dead_letters(messaging)
    here = f'namespace="{store.namespace}"'
    replicas = plan.replicas(store.replicas)
    yield Row(
        title="Nodes",
        panels=[
            Panel(
                title="All are there",
                kind="stat",
                queries=[Query(expression=f"rabbitmq_cluster_status{{{here}}}")],
                warning=1,
                critical=0.5,
                words={0: "no", 1: "yes"},
                width=6,
                description=f"All {replicas} nodes answer and are in one cluster.",
            ),
            Panel(
                title="Memory, of what raises the alarm",
                unit="percentunit",
                queries=[
                    Query(
                        expression=(
                            f"rabbitmq_process_resident_memory_bytes{{{here}}}"
                            f" / rabbitmq_resident_memory_limit_bytes{{{here}}}"
                        ),
                        legend="{{pod}}",
                    )
                ],
                warning=0.8,
                critical=1,
                width=9,
            ),
            Panel(
                title="Disk that is free",
                unit="bytes",
                queries=[
                    Query(expression=f"rabbitmq_disk_space_available_bytes{{{here}}}", legend="{{pod}}")
                ],
                width=9,
            ),
        ],
    )


def _queues(messaging: Messaging) -> Row:
    return Row(
        title="Queues",
        panels=[
            Panel(
                title="Messages",
                queries=[Query(expression=f"max by (queue) ({QUEUE_METRIC})", legend="{{queue}}")],
                width=12,
                height=8,
            ),
            Panel(
                title="Consumers",
                kind="bargauge",
                queries=[Query(expression="max by (queue) (rabbitmq_queue_consumers)", legend="{{queue}}")],
                critical=0.5,
                warning=1,
                width=12,
                height=8,
                description=f"Each of the {len(messaging.queues)} queues should have one at least.",
            ),
            Panel(
                title="Messages a second",
                queries=[
                    Query(
                        expression="sum(rate(rabbitmq_global_messages_received_total[5m]))",
                        legend="published",
                    ),
                    Query(
                        expression="sum(rate(rabbitmq_global_messages_acknowledged_total[5m]))",
                        legend="acknowledged",
                    ),
                    Query(
                        expression="sum(rate(rabbitmq_global_messages_redelivered_total[5m]))",
                        legend="delivered again",
                    ),
                ],
                width=24,
            ),
        ],
    )


def _dead_letters(messaging: Messaging) -> Row:
    queue = messaging.queues.get(messaging.dead_letter_queue)
    above = queue.alert.above if queue is not None and queue.alert is not None else None
    return Row(
        title="Dead letters",
        panels=[
            Panel(
                title="Not stored yet",
                kind="stat",
                queries=[Query(expression=f'max({QUEUE_METRIC}{{queue="{messaging.dead_letter_queue}"}})')],
                warning=1,
                critical=above,
                height=5,
            ),
            Panel(
                title="Stored, neither replayed nor discarded",
                kind="stat",
                queries=[Query(expression="max(dead_letters_stored)")],
                warning=1,
                height=5,
            ),
            Panel(
                title="New ones, of a day",
                kind="stat",
                queries=[Query(expression="sum(increase(dead_letters_total[24h])) or vector(0)")],
                warning=1,
                height=5,
            ),
        ],
    )
