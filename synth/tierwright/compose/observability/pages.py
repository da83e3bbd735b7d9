"""The pages that people read: one for each alert, and how a broker is looked after."""

from __future__ import annotations

from collections.abc import Mapping

from tiered.observability.runbook import runbook_page
from tiered.stores.rabbitmq_maintenance import maintenance_page
from tierwright.compose.observability.rules import alerts
from tierwright.compose.observability.runbooks import FOLDER
from tierwright.compose.plan import Plan
from tierwright.description.stores import RabbitMQ


def pages(plan: Plan) -> Mapping[str, str]:
    """Markdown by path below dist/<environment>, outside every Application's path."""
    found = {f"{FOLDER}/{alert.name}.md": runbook_page(alert) for alert in alerts(plan)}
    for name, store in plan.platform.stores.items():
        if isinstance(store, RabbitMQ):
            found[f"{FOLDER}/{name}-maintenance.md"] = maintenance_page(
                name=name, namespace=store.namespace, replicas=plan.replicas(store.replicas)
            )
    return found
