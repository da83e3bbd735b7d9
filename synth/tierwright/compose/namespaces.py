"""Everything that stands in one namespace, in one chart."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.chart import Chart
from tiered.messaging.config import MessagingConfig
from tiered.tiers.namespace import ContainerLimits, PodSecurity, TierNamespace
from tierwright.compose.endpoints import endpoints
from tierwright.compose.flows import Flow, uses_broker
from tierwright.compose.ingress import add_ingresses
from tierwright.compose.network import add_policies
from tierwright.compose.observability.dashboards.all import add_dashboards
from tierwright.compose.observability.monitors import add_monitors
from tierwright.compose.observability.rules import add_rules
from tierwright.compose.plan import Plan
from tierwright.compose.quota import component_quota, workload_quota
from tierwright.compose.secrets import add_secrets
from tierwright.compose.stores import add_stores
from tierwright.compose.topology import topology
from tierwright.compose.wiring import MESSAGING_CONFIG
from tierwright.compose.workloads import add_workloads

# What a container gets that says nothing: charts' hooks, and a person's debugging.
_DEFAULTS = ContainerLimits(
    requests={"cpu": "20m", "memory": "64Mi"}, limits={"cpu": "200m", "memory": "256Mi"}
)


def inhabited(plan: Plan) -> list[str]:
    """The managed namespaces in which something lives in this environment, tier by tier."""
    living = {
        *(app.namespace for app in plan.apps.values()),
        *(store.namespace for store in plan.platform.stores.values()),
        *(component.namespace for component in plan.components.values()),
    }
    return [
        namespace
        for tier in sorted(plan.platform.tiers.values(), key=lambda tier: tier.number)
        for namespace, settings in tier.namespaces.items()
        if namespace in living and settings.managed
    ]


def common_labels(plan: Plan) -> dict[str, str]:
    """The labels of every object."""
    return {
        "app.kubernetes.io/part-of": plan.platform.platform,
        "app.kubernetes.io/managed-by": "tierwright",
    }


def namespace_chart(plan: Plan, scope: Construct, namespace: str, flows: Sequence[Flow]) -> Chart:
    """The chart of a namespace with everything that the description puts there."""
    tier = plan.tier_of(namespace)
    chart = Chart(
        scope,
        namespace,
        namespace=namespace,
        labels={**common_labels(plan), "tier": tier},
    )
    add_stores(plan, chart, namespace)
    add_workloads(plan, chart, namespace)
    _add_messaging(plan, chart, namespace)
    quota = workload_quota(chart.manifests) if chart.manifests else {}
    if any(component.namespace == namespace for component in plan.components.values()):
        quota = component_quota(plan, namespace, _DEFAULTS)
    TierNamespace(
        chart,
        "namespace",
        tier=tier,
        pod_security=PodSecurity(
            level=plan.tier(tier).namespaces[namespace].pod_security,
            version=f"v{plan.environment.cluster.kubernetes}",
        ),
        quota=quota,
        container_limits=_DEFAULTS,
        holds_data=any(store.namespace == namespace for store in plan.platform.stores.values()),
    )
    add_secrets(plan, chart, namespace)
    add_policies(plan, chart, namespace, endpoints(plan), flows)
    add_ingresses(plan, chart, namespace)
    add_monitors(plan, chart, namespace)
    add_rules(plan, chart, namespace)
    add_dashboards(plan, chart, namespace)
    return chart


def _add_messaging(plan: Plan, chart: Chart, namespace: str) -> None:
    """The queues as the apps read them, in every namespace that talks to the broker."""
    messaging = plan.platform.messaging
    if messaging is None:
        return
    if any(
        app.namespace == namespace and uses_broker(plan, name) for name, (app, _) in plan.workloads.items()
    ):
        MessagingConfig(
            chart,
            "messaging",
            name=MESSAGING_CONFIG,
            topology=topology(plan, messaging),
            origin=messaging.origin,
        )
