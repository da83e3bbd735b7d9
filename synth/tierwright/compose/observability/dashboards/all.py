"""All dashboards of an environment, beside Grafana."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tiered.chart import Chart
from tiered.observability.dashboard import Dashboard
from tiered.observability.panel import Row
from tierwright.compose.observability.dashboards import broker, overview, tiers
from tierwright.compose.plan import Plan


class Told(NamedTuple):
    """A dashboard: the name of its file, its title and its rows."""

    name: str
    title: str
    rows: list[Row]


def dashboards(plan: Plan) -> Iterator[Told]:
    """The cluster, each tier by number, each broker."""
    yield Told("overview", "Cluster overview", list(overview.rows(plan)))
    for name, tier in sorted(plan.platform.tiers.items(), key=lambda item: item[1].number):
        if name in plan.environment.placement:
            yield Told(f"tier-{tier.number}", f"Tier {tier.number}: {name}", list(tiers.rows(plan, name)))
    for name, store in plan.platform.stores.items():
        if store.type == "rabbitmq":
            yield Told(name, f"RabbitMQ: {name}", list(broker.rows(plan, name, store)))


def add_dashboards(plan: Plan, chart: Chart, namespace: str) -> None:
    """Add the dashboards to the namespace of whatever collects metrics; Grafana looks in its own."""
    monitoring = plan.provider("monitoring")
    if monitoring is None or plan.components[monitoring].namespace != namespace:
        return
    for told in dashboards(plan):
        Dashboard(
            chart,
            f"dashboard-{told.name}",
            name=told.name,
            title=told.title,
            tag=plan.platform.platform,
            rows=told.rows,
        )
