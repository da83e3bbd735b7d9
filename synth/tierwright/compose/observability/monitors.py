"""What Prometheus scrapes in a namespace."""

from __future__ import annotations

from tiered.chart import Chart
from tiered.observability.monitors import PodMonitor, Scrape
from tiered.stores.exporter import METRICS_PORT
from tierwright.compose.endpoints import standby_name
from tierwright.compose.observability.rules import shared_home
from tierwright.compose.plan import Plan
from tierwright.description.stores import PostgreSQL, RabbitMQ


def add_monitors(plan: Plan, chart: Chart, namespace: str) -> None:
    """Add a monitor for everything in a namespace that has metrics, where something collects them."""
    if plan.provider("monitoring") is None:
        return
    if namespace == shared_home(plan):
        _add_component_monitors(plan, chart)
    tier = plan.tier_of(namespace)
    for name, (app, workload) in plan.workloads.items():
        if app.namespace == namespace:
            port = "http" if workload.kind == "api" else "metrics"
            _monitor(chart, name, port=port, tier=tier)
    for name, store in plan.platform.stores.items():
        if store.namespace != namespace:
            continue
        if isinstance(store, RabbitMQ):
            _monitor(chart, name, port="prometheus", tier=tier)
        elif store.exporter is not None:
            _monitor(chart, name, port=METRICS_PORT, tier=tier)
            if isinstance(store, PostgreSQL) and plan.standbys(store):
                _monitor(chart, standby_name(name), port=METRICS_PORT, tier=tier)


def _add_component_monitors(plan: Plan, chart: Chart) -> None:
    """Monitors of charts' pods, where the charts bring none."""
    for component in plan.components.values():
        for name, pod in component.pods.items():
            if pod.monitor is not None:
                PodMonitor(
                    chart,
                    f"monitor-{name}",
                    name=name,
                    namespace=component.namespace,
                    labels=pod.labels or {"app.kubernetes.io/name": str(name)},
                    scrape=Scrape(port=pod.monitor, tier=plan.tier_of(component.namespace)),
                )


def _monitor(chart: Chart, name: str, *, port: str, tier: str) -> None:
    scrape = Scrape(port=port, tier=tier)
    PodMonitor(chart, f"monitor-{name}", name=name, labels={"app": name}, scrape=scrape)
