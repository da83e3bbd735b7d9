"""The pages that people read: one for each alert, and how servers that form a cluster are looked after."""

from __future__ import annotations

from collections.abc import Mapping

from tiered.observability.runbook import runbook_page
from tiered.stores import rabbitmq_maintenance, redis_maintenance
from tierwright.compose.observability.rules import alerts
from tierwright.compose.observability.runbooks import FOLDER
from tierwright.compose.plan import Plan
from tierwright.description.stores import RabbitMQ, Redis


def pages(plan: Plan) -> Mapping[str, str]:
    """Markdown by path below dist/<environment>, outside every Application's path."""
    found = {f"{FOLDER}/{alert.name}.md": runbook_page(alert) for alert in alerts(plan)}
    for name, store in plan.platform.stores.items():
        page = f"{FOLDER}/{name}-maintenance.md"
        if isinstance(store, RabbitMQ):
            found[page] = rabbitmq_maintenance.maintenance_page(
                name=name, namespace=store.namespace, replicas=plan.replicas(store.replicas)
            )
        elif isinstance(store, Redis) and (hosts := plan.redis_hosts(name, store)):
            found[page] = redis_maintenance.maintenance_page(
                name=name, namespace=store.namespace, replicas=len(hosts)
            )
    return found
