"""What Prometheus scrapes in a namespace, and the alerts that follow from its queues."""

from __future__ import annotations

from tiered.chart import Chart
from tiered.observability.alerts import Alert, Rules
from tiered.observability.monitors import PodMonitor, Scrape
from tiered.stores.exporter import METRICS_PORT
from tierwright.compose.endpoints import standby_name
from tierwright.compose.plan import QUEUE_METRIC, Plan
from tierwright.description.stores import PostgreSQL, RabbitMQ


def add_monitors(plan: Plan, chart: Chart, namespace: str) -> None:
    """Add a monitor for everything in a namespace that has metrics, where something collects them."""
    if plan.provider("monitoring") is None:
        return
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
            _queue_alerts(plan, chart, name)
        elif store.exporter is not None:
            _monitor(chart, name, port=METRICS_PORT, tier=tier)
            if isinstance(store, PostgreSQL) and plan.standbys(store):
                _monitor(chart, standby_name(name), port=METRICS_PORT, tier=tier)


def _monitor(chart: Chart, name: str, *, port: str, tier: str) -> None:
    scrape = Scrape(port=port, tier=tier)
    PodMonitor(chart, f"monitor-{name}", name=name, labels={"app": name}, scrape=scrape)


def _queue_alerts(plan: Plan, chart: Chart, broker: str) -> None:
    messaging = plan.platform.messaging
    if messaging is None or messaging.store != broker:
        return
    alerts = [
        Alert(
            name=f"QueueLong{_camel(name)}",
            expression=f'max by (queue) ({QUEUE_METRIC}{{queue="{name}"}}) > {queue.alert.above}',
            lasting="5m",
            severity=queue.alert.severity,
            summary=f"{name} holds {{{{ $value }}}} messages, more than {queue.alert.above}.",
            action="See whether its consumers run and keep up; dead letters want their cause mended first.",
        )
        for name, queue in messaging.queues.items()
        if queue.alert is not None
    ]
    if alerts:
        Rules(chart, "queue-alerts", name="queues", groups={"queues": alerts})


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace("-", ".").split("."))
