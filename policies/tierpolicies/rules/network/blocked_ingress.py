"""A policy keeps out the load balancer of an Ingress.

## What it does
Looks, for each backend of an Ingress whose pods are isolated, who is admitted to their port. Where these are
only pods of the same namespace that are no Ingress controller, or only Prometheus, or, for an Application
Load Balancer, no block of addresses, the Ingress reaches nobody.

## Why is this bad
Every request from outside ends in a time-out, and the load balancer takes the pods for ill.

## Example
```yaml
ingress: [{from: [{podSelector: {matchLabels: {app: worker}}}], ports: [{port: 8080}]}]
```

## Use instead
```yaml
ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]
    ports: [{port: 8080}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.ingress import Backend, backends, ingress_class
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.network.intent.blame import blamed
from tierpolicies.traffic.isolation import INGRESS, NAMESPACE_NAME, Entry, Peer, Policy, Port, isolation
from tierpolicies.traffic.service_targets import service_targets

_CONTROLLERS = (
    "nginx",
    "traefik",
    "haproxy",
    "contour",
    "envoy",
    "kong",
    "caddy",
    "ingress",
    "gateway",
    "proxy",
)
_SCRAPERS = ("prometheus", "monitoring", "observability")


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.ERROR,
    remediation="Admit the load balancer's addresses or the Ingress controller's pods at that port.",
    rests_on=("NetworkPolicy", PODS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each backend that the load balancer does not reach."""
    found = isolation(context.index)
    for backend in backends(context.index) if found.policies else ():
        service = context.index.find("Service", backend.name.text, backend.ingress.namespace)
        labels = service.view.at("spec", "selector").labels if service is not None else {}
        for workload in context.index.selected(backend.ingress.namespace, labels) if labels else ():
            for port in _ports(context, backend, workload) if found.is_isolated(workload, INGRESS) else ():
                admitting = list(found.admitting(workload, port))
                if any(_lets_in(context, backend, policy, entry) for policy, entry in admitting):
                    continue
                policy = blamed(found.selecting(workload, INGRESS), INGRESS, port.number)
                if policy is not None:
                    what = f"{port.number} of {workload.manifest.name}"
                    told = f"the Ingress {backend.ingress.name} sends to {what}"
                    message = f"{told}, and its load balancer is not admitted"
                    detail = f"{backend.ingress.name} {workload.manifest.name} {port.number}"
                    yield Fault(message, policy.manifest, "/spec/ingress", detail=detail)


def _ports(context: Context, backend: Backend, workload: Workload) -> list[Port]:
    wanted = backend.port.value
    return [
        port
        for target in service_targets(context.index, workload)
        if target.service.name == backend.name.text
        and wanted is not None
        and wanted in (target.port["port"].value, target.port["name"].value)
        for port in target.pod_ports
    ]


def _lets_in(context: Context, backend: Backend, policy: Policy, entry: Entry) -> bool:
    """Whether one of those that a rule admits may be the load balancer."""
    if not entry.peers or any(peer.block is not None for peer in entry.peers):
        return True
    if ingress_class(backend.ingress).text == "alb":
        return False
    return any(_may_be_controller(context, policy, peer) for peer in entry.peers)


def _may_be_controller(context: Context, policy: Policy, peer: Peer) -> bool:
    where = {} if peer.where is None else peer.where.labels
    if any(each in _SCRAPERS for each in (*where.values(), *peer.who.labels.values())):
        return False
    if peer.where is not None and where.get(NAMESPACE_NAME) != policy.namespace:
        return True
    found = context.index.matched(policy.namespace, peer.view["podSelector"])
    home = policy.namespace or DEFAULT_NAMESPACE
    return (not found and context.outside.reaches(home)) or any(map(_is_controller, found))


def _is_controller(workload: Workload) -> bool:
    images = [each["image"].text for each in workload.own.running]
    return any(word in text for word in _CONTROLLERS for text in (*images, workload.manifest.name))
