"""Everything that can call or be called: pods by their labels, and what lies outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tiered.network.flow import BlockPeer, NamespacePeer, PodPeer, internet
from tiered.stores.exporter import POSTGRES_PORT as POSTGRES_METRICS
from tiered.stores.exporter import REDIS_PORT as REDIS_METRICS
from tierwright.compose.plan import Plan
from tierwright.description.checks.apps import KUBE_API
from tierwright.description.stores import PostgreSQL, RabbitMQ, Redis, Store

Peer = PodPeer | NamespacePeer | BlockPeer

AMQP, POSTGRES, REDIS, SENTINEL = 5672, 5432, 6379, 26379
BROKER_METRICS = 15692
BROKER_CLUSTER = (4369, 25672)


@dataclass(frozen=True)
class Endpoint:
    """One end of a flow: where it is, and the ports (of the pod) that it serves callers on.

    An endpoint without a namespace lies outside the cluster's pods.
    """

    name: str
    peers: tuple[Peer, ...]
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    metrics: tuple[int, ...] = ()


def pods(name: str, namespace: str, *, labels: Mapping[str, str] | None = None, **rest: object) -> Endpoint:
    """Pods of one workload in one namespace."""
    chosen = dict(labels or {"app": str(name)})
    return Endpoint(
        name=name,
        namespace=namespace,
        labels=chosen,
        peers=(PodPeer(labels=chosen, namespace=namespace),),
        **rest,  # type: ignore[arg-type]  # ports and metrics, as the callers below name them
    )


def migration_name(app: str) -> str:
    """The name of an app's migration Job, which is also the label of its pods."""
    return f"{app}-migrate"


def roles_name(store: str) -> str:
    """The name of the Job that sets up a database's roles."""
    return f"{store}-roles"


def standby_name(store: str) -> str:
    """The name of a database's read replicas, which is also the label of their pods and their Service."""
    return f"{store}-read"


def endpoints(plan: Plan) -> Mapping[str, Endpoint]:
    """Every endpoint of an environment by the name that `calls` uses (a database without its role)."""
    found = [
        *_workloads(plan),
        *_stores(plan),
        *_components(plan),
        *_outside(plan),
    ]
    return {endpoint.name: endpoint for endpoint in found}


def _workloads(plan: Plan) -> Iterator[Endpoint]:
    for name, (app, workload) in plan.workloads.items():
        if workload.kind == "api":
            yield pods(name, app.namespace, ports=(workload.port,), metrics=(workload.port,))
        else:
            yield pods(name, app.namespace, metrics=(workload.metrics,))
    for app in plan.apps.values():
        if app.migration is not None:
            yield pods(migration_name(app.app), app.namespace)


def _stores(plan: Plan) -> Iterator[Endpoint]:
    for name, store in plan.platform.stores.items():
        yield _store(plan, name, store)
        if isinstance(store, PostgreSQL):
            yield pods(roles_name(name), store.namespace)
            if plan.standbys(store):
                yield _store(plan, standby_name(name), store)


def _store(plan: Plan, name: str, store: Store) -> Endpoint:
    if isinstance(store, RabbitMQ):
        return pods(name, store.namespace, ports=(AMQP,), metrics=(BROKER_METRICS,))
    port, metrics = (POSTGRES, POSTGRES_METRICS) if isinstance(store, PostgreSQL) else (REDIS, REDIS_METRICS)
    ports = (port, SENTINEL) if isinstance(store, Redis) and plan.redis_hosts(name, store) else (port,)
    return pods(name, store.namespace, ports=ports, metrics=(metrics,) if plan.exporter(store) else ())


def _components(plan: Plan) -> Iterator[Endpoint]:
    for component in plan.components.values():
        for name, pod in component.pods.items():
            yield pods(
                name,
                component.namespace,
                labels=pod.labels or {"app.kubernetes.io/name": str(name)},
                ports=(pod.port,) if pod.port else (),
                metrics=pod.metrics,
            )


def _outside(plan: Plan) -> Iterator[Endpoint]:
    cluster = plan.environment.cluster
    ranges = cluster.addresses
    nodes = (BlockPeer(cidr=ranges.nodes),)
    yield Endpoint(name=KUBE_API, peers=nodes, ports=(cluster.api_server_port,))
    # No flow to the internet reaches into the cluster's own ranges or the metadata address.
    world = internet((ranges.nodes, ranges.pods, ranges.services))
    for name, external in plan.platform.externals.items():
        yield Endpoint(name=name, peers=nodes if external.within == "nodes" else world, ports=external.ports)
