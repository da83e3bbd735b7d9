"""The stores of a namespace: broker, databases, caches."""

from __future__ import annotations

from collections.abc import Iterator

from tiered.chart import Chart
from tiered.stores.exporter import POSTGRES_ROLE, postgres_exporter, redis_exporter
from tiered.stores.postgres import Postgres
from tiered.stores.postgres_configuration import REPLICATION_ROLE
from tiered.stores.postgres_roles import PostgresRoles
from tiered.stores.postgres_sql import Role
from tiered.stores.postgres_standby import PostgresStandby
from tiered.stores.rabbitmq import RabbitMQ
from tiered.stores.rabbitmq_configuration import ERLANG_COOKIE
from tiered.stores.redis import Redis
from tiered.stores.redis_sentinel import REPLICATION_KEY, RedisSentinel
from tiered.stores.store import VolumeClaim
from tiered.workloads.container import Resources
from tierwright.compose.plan import Plan, resources
from tierwright.compose.topology import accounts, topology
from tierwright.compose.wiring import SecretKey
from tierwright.description import stores as described

SUPERUSER = "postgres"
READS_ALL, READS_STATISTICS = "pg_read_all_data", "pg_monitor"
# psql with a dozen statements: what it takes to start, not to work.
_ROLES_JOB = Resources(requests={"cpu": "50m", "memory": "64Mi"}, limits={"cpu": "200m", "memory": "128Mi"})


def add_stores(plan: Plan, chart: Chart, namespace: str) -> None:
    """Add every store that lives in a namespace to its chart."""
    for name, store in plan.platform.stores.items():
        if store.namespace == namespace:
            _add(plan, chart, name, store)


def store_secrets(plan: Plan) -> Iterator[SecretKey]:
    """The passwords that the servers themselves need."""
    for name, store in plan.platform.stores.items():
        match store:
            case described.RabbitMQ():
                for account in accounts(plan):
                    yield SecretKey(store.namespace, name, account.name, f"{name}/{account.name}/password")
                yield SecretKey(store.namespace, name, ERLANG_COOKIE, f"{name}/{ERLANG_COOKIE}")
            case described.PostgreSQL():
                for role in (SUPERUSER, *(each.name for each in _roles(plan, store))):
                    yield SecretKey(store.namespace, name, role, f"{name}/{role}/password")
            case described.Redis():
                yield SecretKey(store.namespace, name, name, f"{name}/password")
                if plan.redis_hosts(name, store):
                    yield SecretKey(store.namespace, name, REPLICATION_KEY, f"{name}/{REPLICATION_KEY}")


def _claim(plan: Plan, size: str) -> VolumeClaim:
    storage_class = plan.environment.storage_class
    return VolumeClaim(size=size, storage_class=storage_class.name if storage_class else None)


def _add(plan: Plan, chart: Chart, name: str, store: described.Store) -> None:
    placement = plan.placement(store.namespace)
    amounts = resources(store.resources)
    match store:
        case described.RabbitMQ():
            messaging = plan.platform.messaging
            if messaging is not None:
                RabbitMQ(
                    chart,
                    name,
                    name=name,
                    image=store.image,
                    replicas=plan.replicas(store.replicas),
                    topology=topology(plan, messaging),
                    accounts=accounts(plan),
                    secret=name,
                    resources=amounts,
                    volume=_claim(plan, store.volume),
                    placement=placement,
                    user=store.user,
                    origin=store.origin,
                )
        case described.PostgreSQL():
            _add_database(plan, chart, name, store)
        case described.Redis():
            _add_redis(plan, chart, name, store)


def _add_redis(plan: Plan, chart: Chart, name: str, store: described.Redis) -> None:
    exporter = plan.exporter(store)
    sidecars = [redis_exporter(image=exporter, secret=name, key=name)] if exporter else []
    hosts = plan.redis_hosts(name, store)
    if hosts and store.volume is not None:
        RedisSentinel(
            chart,
            name,
            name=name,
            image=store.image,
            replicas=len(hosts),
            secret=name,
            resources=resources(store.resources),
            eviction=store.eviction,
            holds=store.holds,
            placement=plan.placement(store.namespace),
            volume=_claim(plan, store.volume),
            sidecars=sidecars,
            user=store.user,
            origin=store.origin,
        )
        return
    Redis(
        chart,
        name,
        name=name,
        image=store.image,
        secret=name,
        resources=resources(store.resources),
        eviction=store.eviction,
        holds=store.holds,
        placement=plan.placement(store.namespace),
        volume=_claim(plan, store.volume) if store.volume else None,
        sidecars=sidecars,
        user=store.user,
        origin=store.origin,
    )


def _add_database(plan: Plan, chart: Chart, name: str, store: described.PostgreSQL) -> None:
    placement = plan.placement(store.namespace)
    amounts, claim = resources(store.resources), _claim(plan, store.volume)
    exporter = plan.exporter(store)
    sidecars = [postgres_exporter(image=exporter, secret=name, database=store.database)] if exporter else []
    server = Postgres(
        chart,
        name,
        name=name,
        image=store.image,
        secret=name,
        resources=amounts,
        volume=claim,
        placement=placement,
        database=store.database,
        superuser=SUPERUSER,
        connections=store.max_connections,
        standbys=plan.standbys(store),
        sidecars=sidecars,
        user=store.user,
        origin=store.origin,
    )
    PostgresRoles(
        chart,
        f"{name}-roles",
        server=server,
        roles=_roles(plan, store),
        resources=_ROLES_JOB,
        placement=placement,
        origin=store.origin,
    )
    if plan.standbys(store):
        PostgresStandby(
            chart,
            server.standby_name,
            primary=server,
            replicas=plan.standbys(store),
            resources=amounts,
            volume=claim,
            placement=placement,
            sidecars=sidecars,
            origin=store.origin,
        )


def _roles(plan: Plan, store: described.PostgreSQL) -> list[Role]:
    """The described logins, and those of what runs beside the server."""
    roles = [
        Role(
            name=role,
            schema=details.schema_,
            reads=() if details.reads == "all" else details.reads,
            member_of=(READS_ALL,) if details.reads == "all" else (),
            read_only=details.schema_ is None,
            connections=details.connections,
        )
        for role, details in store.roles.items()
    ]
    standbys = plan.standbys(store)
    if plan.exporter(store):
        roles.append(
            Role(
                name=POSTGRES_ROLE,
                member_of=(READS_STATISTICS,),
                read_only=True,
                connections=3 * (1 + standbys),
            )
        )
    if standbys:
        # Each holds one, and a second one while it makes its copy.
        roles.append(Role(name=REPLICATION_ROLE, replicates=True, connections=2 * standbys))
    return roles
