"""Who talks to whom: every flow that the description declares, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tiered.network.flow import BlockPeer, NamespacePeer
from tiered.origin import Origin, origin_of
from tierwright.compose.endpoints import (
    AMQP,
    BROKER_CLUSTER,
    Endpoint,
    endpoints,
    migration_name,
    roles_name,
    standby_name,
)
from tierwright.compose.plan import Plan, consumes
from tierwright.description.stores import PostgreSQL, Redis


@dataclass(frozen=True)
class Flow:
    """One direction of talk: `source` opens connections to `target` on the target's pod ports (TCP).

    `origin` is the place in the description that declares it, where one word does.
    """

    source: Endpoint
    target: Endpoint
    ports: tuple[int, ...]
    reason: str
    origin: Origin | None = None


def flows(plan: Plan) -> list[Flow]:
    """All flows of an environment. Flows to what is not installed here do not exist here."""
    known = endpoints(plan)
    return [
        *_app_calls(plan, known),
        *_component_calls(plan, known),
        *_messaging(plan, known),
        *_store_set_up(plan, known),
        *_routes(plan, known),
        *_webhooks(plan, known),
        *_scraping(plan, known),
    ]


def target_of(call: str, known: Mapping[str, Endpoint]) -> Endpoint | None:
    """The endpoint behind a call; `postgres/shop` is the database called as the role shop."""
    return known.get(call.partition("/")[0])


def _calls(source: Endpoint, calls: Iterable[str], known: Mapping[str, Endpoint]) -> Iterator[Flow]:
    for call in calls:
        target = target_of(call, known)
        if target is not None and target.ports:
            yield Flow(source, target, target.ports, "calls", origin_of(call))
            replica = known.get(standby_name(target.name))
            if replica is not None:
                yield Flow(source, replica, replica.ports, "reads from", origin_of(call))


def _app_calls(plan: Plan, known: Mapping[str, Endpoint]) -> Iterator[Flow]:
    for name, (_, workload) in plan.workloads.items():
        yield from _calls(known[name], workload.calls, known)
    for app in plan.apps.values():
        if app.migration is not None:
            yield from _calls(known[migration_name(app.app)], app.migration.calls, known)


def _component_calls(plan: Plan, known: Mapping[str, Endpoint]) -> Iterator[Flow]:
    for component in plan.components.values():
        for name, pod in component.pods.items():
            yield from _calls(known[name], pod.calls, known)


def uses_broker(plan: Plan, workload: str) -> bool:
    """Whether a workload publishes to, or consumes from, the broker."""
    declared = plan.workloads[workload][1]
    return bool(declared.publishes or consumes(declared))


def _messaging(plan: Plan, known: Mapping[str, Endpoint]) -> Iterator[Flow]:
    if plan.platform.messaging is None:
        return
    broker = known[plan.platform.messaging.store]
    for name, (_, workload) in plan.workloads.items():
        queues = [*workload.publishes, *consumes(workload)]
        if queues:
            yield Flow(known[name], broker, (AMQP,), "publishes or consumes", origin_of(queues[0]))
    yield Flow(broker, broker, BROKER_CLUSTER, "forms a cluster")


def _store_set_up(plan: Plan, known: Mapping[str, Endpoint]) -> Iterator[Flow]:
    for name, store in plan.platform.stores.items():
        if isinstance(store, Redis) and plan.redis_hosts(name, store):
            yield Flow(known[name], known[name], known[name].ports, "replicates and chooses a master")
        if isinstance(store, PostgreSQL):
            yield Flow(known[roles_name(name)], known[name], known[name].ports, "sets up roles")
            if standby_name(name) in known:
                yield Flow(known[standby_name(name)], known[name], known[name].ports, "follows")


def routed(plan: Plan) -> Iterator[str]:
    """The names of workloads and components' pods that the Ingress routes to."""
    for name, (_, workload) in plan.workloads.items():
        if workload.kind == "api" and workload.route is not None:
            yield name
    for component in plan.components.values():
        for name, pod in component.pods.items():
            if pod.route is not None:
                yield name


def _routes(plan: Plan, known: Mapping[str, Endpoint]) -> Iterator[Flow]:
    ingress = plan.environment.ingress
    if ingress is None:
        return
    if ingress.type == "alb":
        entry = Endpoint(name="load balancer", peers=tuple(BlockPeer(cidr=cidr) for cidr in ingress.sources))
    else:
        entry = Endpoint(name="ingress controller", peers=(NamespacePeer(name=ingress.namespace),))
    for name in routed(plan):
        yield Flow(entry, known[name], known[name].ports, "routes", origin_of(name))


def _webhooks(plan: Plan, known: Mapping[str, Endpoint]) -> Iterator[Flow]:
    """The API server calls webhooks and aggregated APIs from its node's address."""
    nodes = Endpoint(name="API server", peers=(BlockPeer(cidr=plan.environment.cluster.addresses.nodes),))
    for component in plan.components.values():
        for name, pod in component.pods.items():
            if pod.webhook:
                yield Flow(nodes, known[name], known[name].ports, "calls a webhook of", origin_of(name))


def _scraping(plan: Plan, known: Mapping[str, Endpoint]) -> Iterator[Flow]:
    for component in plan.components.values():
        for name, pod in component.pods.items():
            if pod.scrapes:
                for target in known.values():
                    if target.metrics:
                        yield Flow(known[name], target, target.metrics, "scrapes", origin_of(name))
