"""The PrometheusRules of an environment, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiered.chart import Chart
from tiered.observability.alerts import Alert, Recording, Rules
from tierwright.compose.observability.broker import broker_rules
from tierwright.compose.observability.cluster import cluster_rules
from tierwright.compose.observability.queues import queue_alerts
from tierwright.compose.observability.runbooks import address
from tierwright.compose.observability.services import service_rules
from tierwright.compose.observability.stores import store_rules
from tierwright.compose.plan import Plan

Rule = Alert | Recording


def rules(plan: Plan) -> Mapping[tuple[str, str], Sequence[Rule]]:
    """All rules by namespace and PrometheusRule; none where nothing collects metrics."""
    if plan.provider("monitoring") is None:
        return {}
    found: dict[tuple[str, str], list[Rule]] = {}
    messaging = plan.platform.messaging
    for name, store in plan.platform.stores.items():
        if store.type != "rabbitmq":
            found[store.namespace, "stores"] = store_rules(plan, store.namespace)
            continue
        found[store.namespace, name] = broker_rules(plan, name, store)
        if messaging is not None and messaging.store == name:
            found[store.namespace, "queues"] = list(queue_alerts(plan))
    home = shared_home(plan)
    if home is not None:
        found[home, "services"] = service_rules(plan)
        found[home, "cluster"] = cluster_rules(plan)
    return {place: made for place, made in found.items() if made}


def shared_home(plan: Plan) -> str | None:
    """Where rules and monitors stand that belong to no namespace of their own.

    Argo CD applies the namespaces of charts before the charts, whose kinds these are: so it is the last
    namespace that no chart lives in.
    """
    charts = {component.namespace for component in plan.components.values()}
    living = {
        *(app.namespace for app in plan.apps.values()),
        *(s.namespace for s in plan.platform.stores.values()),
    }
    tiers = sorted(plan.platform.tiers.values(), key=lambda tier: tier.number)
    homes = [each for tier in tiers for each in tier.namespaces if each in living and each not in charts]
    return homes[-1] if homes else None


def add_rules(plan: Plan, chart: Chart, namespace: str) -> None:
    """Add the PrometheusRules of a namespace."""
    for (home, name), made in rules(plan).items():
        if home == namespace:
            groups: dict[str, list[Rule]] = {
                # First, as alerts may use them.
                f"{name}.names": [each for each in made if isinstance(each, Recording)],
                f"{name}.alerts": [each for each in made if isinstance(each, Alert)],
            }
            Rules(
                chart,
                f"rules-{name}",
                name=name,
                groups={group: members for group, members in groups.items() if members},
                runbooks=address(plan),
            )


def alerts(plan: Plan) -> list[Alert]:
    """Every alert of an environment."""
    return [each for made in rules(plan).values() for each in made if isinstance(each, Alert)]
