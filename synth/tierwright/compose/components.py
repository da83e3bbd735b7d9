"""Third-party charts: the values that placement, requests, roles and the platform's own facts derive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tiered.gitops.argocd_settings import argocd_values
from tiered.gitops.component_values import ComponentPod, component_values, merged
from tiered.manifest import Body
from tiered.observability.metrics_adapter import adapter_values
from tiered.observability.monitoring_stack import namespace_labels, slack_receiver
from tierwright.compose.plan import QUEUE_METRIC, Plan, resources
from tierwright.compose.wiring import aws_role
from tierwright.compose.workloads import node_ports
from tierwright.description.components import Component, ComponentRole
from tierwright.description.components import ComponentPod as DescribedPod

ALERTS_SECRET, ALERTS_KEY = "alertmanager-slack", "url"
"""The Secret with the address that Alertmanager posts to, and its key."""
_DERIVED = "derived from the rest of the description"


def values(plan: Plan, component: Component) -> Body:
    """The values of a component's chart: the declared ones and all that follows from the description."""
    declared: Mapping[str, object] = _filled(plan, component.values)
    for derived in _derived(plan, component):
        declared = merged(declared, derived, reason=_DERIVED)
    return component_values(
        declared=declared,
        pods=[_pod(pod_name, pod) for pod_name, pod in component.pods.items()],
        placement=plan.placement(component.namespace),
    )


def _filled(plan: Plan, values: Mapping[str, object]) -> Body:
    return {key: _fill(plan, value) for key, value in values.items()}


def _fill(plan: Plan, value: object) -> object:
    match value:
        case Mapping():
            return _filled(plan, value)
        case list():
            return [_fill(plan, item) for item in value]
        case str():
            return plan.fill(value)
        case _:
            return value


def _pod(name: str, pod: DescribedPod) -> ComponentPod:
    containers = {
        container: (details.at, resources(details))
        for container, details in pod.containers.items()
        if details.at is not None
    }
    if pod.resources is not None:
        path = f"{pod.at}.resources" if pod.at else "resources"
        containers = {name: (path, resources(pod.resources))}
    # What runs on every node is the chart's to place: it tolerates everything by itself.
    return ComponentPod(
        name=name,
        replicas=pod.replicas,
        per_node=pod.every_node,
        at=None if pod.every_node else pod.at,
        priority_at=pod.priority_at,
        containers=containers,
    )


def _derived(plan: Plan, component: Component) -> Iterator[Body]:
    if "gitops" in component.provides:
        yield _gitops(plan, component)
    if "external-metrics" in component.provides:
        yield from _external_metrics(plan)
    if "monitoring" in component.provides:
        yield namespace_labels("tier")
        channel = alerts_channel(plan)
        if channel is not None:
            yield slack_receiver(channel=channel, secret=ALERTS_SECRET, key=ALERTS_KEY)
    for pod in component.pods.values():
        if (
            pod.service is not None
            and pod.service.at is not None
            and pod.route is not None
            and node_ports(plan)
        ):
            yield _at(pod.service.at, {"type": "NodePort", "externalTrafficPolicy": "Local"})
    if component.role is not None:
        yield from _role(plan, component.role)


def _gitops(plan: Plan, component: Component) -> Body:
    ingress = plan.environment.ingress
    scheme = "https" if ingress is not None and ingress.type == "alb" else "http"
    host = ingress.host if ingress is not None else "localhost"
    route = next((pod.route for pod in component.pods.values() if pod.route is not None), "")
    slack = plan.environment.notifications is not None
    return argocd_values(url=f"{scheme}://{host}{route}", root_path=route or "", slack=slack)


def alerts_channel(plan: Plan) -> str | None:
    """The Slack channel that alerts go to, if one is described."""
    told = plan.environment.notifications
    return told.alerts if told is not None else None


def scales_by_queue(plan: Plan) -> bool:
    """Whether any worker of this environment asks for the external metric."""
    return plan.environment.sizing is None and any(
        workload.kind == "worker" and workload.replicas.queue is not None
        for _, workload in plan.workloads.values()
    )


def _external_metrics(plan: Plan) -> Iterator[Body]:
    if not scales_by_queue(plan):
        return
    for component in plan.components.values():
        for pod in component.pods.values():
            if pod.scrapes and pod.service is not None:
                url = f"http://{pod.service.name}.{component.namespace}.svc"
                yield adapter_values(
                    metrics=[QUEUE_METRIC], prometheus_url=url, prometheus_port=pod.service.port
                )


def _role(plan: Plan, role: ComponentRole) -> Iterator[Body]:
    assumed = aws_role(plan, role.name)
    if assumed is None:
        return
    if assumed.annotations():
        yield _at(role.service_account, dict(assumed.annotations()))
    if assumed.variables():
        listed = [{"name": each.name, "value": each.value} for each in assumed.variables()]
        mapped = {each.name: each.value for each in assumed.variables()}
        yield _at(role.variables, mapped if role.variables_form == "map" else listed)
        yield _at(role.volumes, [volume.declaration() for volume in assumed.volumes()])
        yield _at(role.mounts, [volume.mount() for volume in assumed.volumes()])


def _at(path: str, value: object) -> Body:
    """`value` at the end of a dotted path."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return value if isinstance(value, dict) else {}
