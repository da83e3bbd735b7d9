"""Routes from outside: one Ingress for each routed Service, all of them behind one load balancer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tiered.chart import Chart
from tiered.network.ingress_alb import AlbIngress, AlbNotFound
from tiered.network.ingress_nginx import NginxIngress
from tiered.network.load_balancer import HealthCheck, LoadBalancer
from tiered.network.route import Route
from tierwright.compose.plan import Plan
from tierwright.description.environments import AlbIngress as DescribedAlb


@dataclass(frozen=True)
class _Routed:
    namespace: str
    route: Route
    health: str


def add_ingresses(plan: Plan, chart: Chart, namespace: str) -> None:
    """Add the Ingresses of a namespace. The load balancer takes the first match, so long paths come first."""
    ingress = plan.environment.ingress
    if ingress is None:
        return
    everything = sorted(_routes(plan), key=lambda each: (-len(each.route.path), each.route.path))
    for order, each in enumerate(everything, start=1):
        if each.namespace != namespace:
            continue
        if ingress.type == "nginx":
            NginxIngress(
                chart,
                f"ingress-{each.route.service}",
                name=each.route.service,
                hosts=[ingress.host],
                routes=[each.route],
            )
        else:
            AlbIngress(
                chart,
                f"ingress-{each.route.service}",
                name=each.route.service,
                load_balancer=_load_balancer(ingress),
                order=order * 10,
                hosts=[ingress.host],
                routes=[each.route],
                health=HealthCheck(path=each.health),
                node_labels=plan.pool(plan.tier_of(namespace)).labels,
            )
    if ingress.type == "alb" and ingress.default_route and ingress.default_route.namespace == namespace:
        AlbNotFound(
            chart,
            "ingress-default",
            name="default-route",
            load_balancer=_load_balancer(ingress),
            hosts=[ingress.host],
        )


def _load_balancer(ingress: DescribedAlb) -> LoadBalancer:
    return LoadBalancer(
        group=ingress.group, target_type=ingress.target_type, certificates=(ingress.certificate.arn,)
    )


def _routes(plan: Plan) -> Iterator[_Routed]:
    for name, (app, workload) in plan.workloads.items():
        if workload.kind == "api" and workload.route is not None:
            route = Route(path=workload.route, service=name, port="http")
            yield _Routed(app.namespace, route, "/readyz")
    for component in plan.components.values():
        for pod in component.pods.values():
            if pod.route is not None and pod.service is not None:
                route = Route(path=pod.route, service=pod.service.name, port=pod.service.port)
                yield _Routed(component.namespace, route, pod.health)
