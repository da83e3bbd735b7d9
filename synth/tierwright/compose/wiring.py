"""What a process is told: environment variables and files, derived from what it calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tiered.secrets.aws_role import AwsRole
from tiered.workloads.container import Variable, Volume
from tierwright.compose.endpoints import AMQP, POSTGRES, REDIS, SENTINEL, standby_name
from tierwright.compose.plan import Plan, consumes
from tierwright.description.platform import External
from tierwright.description.stores import PostgreSQL, Redis
from tierwright.description.workloads import Api, App, Consumer, Migration, Scheduler, Worker

MESSAGING_FOLDER = "/etc/messaging"
MESSAGING_CONFIG = "messaging"
Runnable = Api | Worker | Scheduler | Consumer | Migration


@dataclass(frozen=True, order=True)
class SecretKey:
    """A key of a Secret that must exist in a namespace; `remote` is its path in the secret store.

    Keys with the same remote path hold the same value, whatever namespace they are in.
    """

    namespace: str
    secret: str
    key: str
    remote: str


@dataclass(frozen=True)
class Wiring:
    """The variables and volumes of one process, and the secrets behind them."""

    variables: tuple[Variable, ...] = ()
    volumes: tuple[Volume, ...] = ()
    secrets: tuple[SecretKey, ...] = ()
    account_annotations: tuple[tuple[str, str], ...] = ()

    @property
    def reads_messaging(self) -> bool:
        """Whether the process mounts the queues' description."""
        return any(volume.path == MESSAGING_FOLDER for volume in self.volumes)


def wiring(plan: Plan, name: str, app: App, runnable: Runnable) -> Wiring:
    """Everything that the process `name` of an app is told."""
    parts = [
        _about(plan, name, runnable),
        *(_call(plan, app.namespace, call, first=_is_first(runnable.calls, call)) for call in runnable.calls),
        _connections(plan, runnable),
        _broker(plan, name, app, runnable),
        _aws(plan, name, runnable),
        _own(plan, name, app, runnable),
    ]
    return Wiring(
        variables=tuple(variable for part in parts for variable in part.variables),
        volumes=tuple(volume for part in parts for volume in part.volumes),
        secrets=tuple(secret for part in parts for secret in part.secrets),
        account_annotations=tuple(pair for part in parts for pair in part.account_annotations),
    )


def _is_first(calls: tuple[str, ...], call: str) -> bool:
    """Whether a call is the first of its target: a database may be called as several roles."""
    target = call.partition("/")[0]
    return next(each for each in calls if each.partition("/")[0] == target) == call


def variable_prefix(name: str) -> str:
    """How the environment variables that tell of something begin."""
    return name.upper().replace("-", "_").replace(".", "_")


def _about(plan: Plan, name: str, runnable: Runnable) -> Wiring:
    port = runnable.metrics if isinstance(runnable, Worker | Scheduler | Consumer) else None
    return Wiring(
        variables=(
            Variable(name="SERVICE_NAME", value=name),
            Variable(name="ENVIRONMENT", value=plan.name),
            Variable(name="TZ", value=plan.platform.timezone),
            *(() if port is None else (Variable(name="METRICS_PORT", value=str(port)),)),
        )
    )


def _call(plan: Plan, namespace: str, call: str, *, first: bool) -> Wiring:
    target, _, role = call.partition("/")
    store = plan.platform.stores.get(target)
    if isinstance(store, PostgreSQL):
        return _database(plan, namespace, target, store, role, first=first)
    if store is not None:
        host = f"{target}.{store.namespace}.svc"
        hosts = plan.redis_hosts(target, store) if isinstance(store, Redis) else ()
        return _server(namespace, target, host, REDIS if store.type == "redis" else AMQP, sentinels=hosts)
    external = plan.platform.externals.get(target)
    if external is not None:
        return _external(plan, namespace, target, external)
    if target in plan.workloads:
        app, workload = plan.workloads[target]
        if workload.kind == "api":
            url = f"http://{target}.{app.namespace}.svc:{workload.port}"
            return Wiring(variables=(Variable(name=f"{variable_prefix(target)}_URL", value=url),))
    return Wiring()


def _server(namespace: str, target: str, host: str, port: int, *, sentinels: tuple[str, ...] = ()) -> Wiring:
    prefix = variable_prefix(target)
    addresses = ",".join(f"{each}:{SENTINEL}" for each in sentinels)
    chosen = (
        Variable(name=f"{prefix}_SENTINELS", value=addresses),
        Variable(name=f"{prefix}_MASTER", value=target),
    )
    return Wiring(
        variables=(
            Variable(name=f"{prefix}_HOST", value=host),
            Variable(name=f"{prefix}_PORT", value=str(port)),
            Variable(name=f"{prefix}_PASSWORD", secret=target, key=target),
            *(chosen if sentinels else ()),
        ),
        secrets=(SecretKey(namespace, target, target, f"{target}/password"),),
    )


def _database(
    plan: Plan, namespace: str, target: str, store: PostgreSQL, role: str, *, first: bool
) -> Wiring:
    """The first role gets the plain names, every other one its own: POSTGRES_BACKUP_USER."""
    secret = f"{target}-{role}"
    prefix = variable_prefix(target)
    server: tuple[Variable, ...] = (
        Variable(name=f"{prefix}_HOST", value=f"{target}.{store.namespace}.svc"),
        Variable(name=f"{prefix}_PORT", value=str(POSTGRES)),
        Variable(name=f"{prefix}_DATABASE", value=store.database),
    )
    if plan.standbys(store):
        replica = standby_name(target)
        server += (Variable(name=f"{prefix}_READ_HOST", value=f"{replica}.{store.namespace}.svc"),)
    login = prefix if first else f"{prefix}_{variable_prefix(role)}"
    return Wiring(
        variables=(
            *(server if first else ()),
            Variable(name=f"{login}_USER", value=role),
            Variable(name=f"{login}_PASSWORD", secret=secret, key="password"),
        ),
        secrets=(SecretKey(namespace, secret, "password", f"{target}/{role}/password"),),
    )


def _connections(plan: Plan, runnable: Runnable) -> Wiring:
    """How many connections a process may hold open to the databases that it calls."""
    if isinstance(runnable, Migration) or runnable.connections is None:
        return Wiring()
    targets = dict.fromkeys(call.partition("/")[0] for call in runnable.calls)
    return Wiring(
        variables=tuple(
            Variable(name=f"{variable_prefix(target)}_POOL_SIZE", value=str(runnable.connections))
            for target in targets
            if isinstance(plan.platform.stores.get(target), PostgreSQL)
        )
    )


def _external(plan: Plan, namespace: str, target: str, external: External) -> Wiring:
    keys = list(external.secrets)
    if external.aws and plan.environment.aws is None:
        # Without an account there are no roles: the service is reached with keys of its own.
        keys += [f"{variable_prefix(target)}_ACCESS_KEY_ID", f"{variable_prefix(target)}_SECRET_ACCESS_KEY"]
        keys += [f"{variable_prefix(target)}_ENDPOINT_URL"]
    return Wiring(
        variables=(
            *(Variable(name=name, value=plan.fill(value)) for name, value in external.variables.items()),
            *(Variable(name=key, secret=target, key=key) for key in keys),
        ),
        secrets=tuple(SecretKey(namespace, target, key, f"{target}/{key}") for key in keys),
    )


def _broker(plan: Plan, name: str, app: App, runnable: Runnable) -> Wiring:
    messaging = plan.platform.messaging
    if messaging is None or isinstance(runnable, Migration):
        return Wiring()
    if not (runnable.publishes or consumes(runnable)):
        return Wiring()
    broker = messaging.store
    prefix = variable_prefix(broker)
    secret = f"{broker}-{name}"
    return Wiring(
        variables=(
            Variable(name=f"{prefix}_HOST", value=f"{broker}.{plan.platform.stores[broker].namespace}.svc"),
            Variable(name=f"{prefix}_PORT", value=str(AMQP)),
            Variable(name=f"{prefix}_USER", value=name),
            Variable(name=f"{prefix}_PASSWORD", secret=secret, key="password"),
            Variable(name="MESSAGING_FILE", value=f"{MESSAGING_FOLDER}/messaging.json"),
        ),
        volumes=(
            Volume(name="messaging", path=MESSAGING_FOLDER, source={"configMap": {"name": MESSAGING_CONFIG}}),
        ),
        secrets=(SecretKey(app.namespace, secret, "password", f"{broker}/{name}/password"),),
    )


def aws_role(plan: Plan, name: str) -> AwsRole | None:
    """The role of one ServiceAccount, named after the platform, the environment and its workload."""
    aws = plan.environment.aws
    if aws is None:
        return None
    arn = f"arn:aws:iam::{aws.account}:role/{plan.platform.platform}-{plan.name}-{name}"
    return AwsRole(arn=arn, region=aws.region, mode=aws.identity)


def _aws(plan: Plan, name: str, runnable: Runnable) -> Wiring:
    externals = plan.platform.externals
    if not any(call in externals and externals[call].aws for call in runnable.calls):
        return Wiring()
    role = aws_role(plan, name)
    if role is None:
        return Wiring()
    return Wiring(
        variables=role.variables(),
        volumes=role.volumes(),
        account_annotations=tuple(role.annotations().items()),
    )


def _own(plan: Plan, name: str, app: App, runnable: Runnable) -> Wiring:
    return Wiring(
        variables=(
            *(Variable(name=key, value=plan.fill(value)) for key, value in runnable.variables.items()),
            *(Variable(name=key, secret=name, key=key) for key in runnable.secrets),
        ),
        volumes=tuple(_files(runnable)),
        secrets=(
            *(SecretKey(app.namespace, name, key, f"{name}/{key}") for key in runnable.secrets),
            *(
                SecretKey(app.namespace, secret, key, f"{secret}/{key}")
                for secret, files in runnable.secret_files.items()
                for key in files.keys
            ),
        ),
    )


def _files(runnable: Runnable) -> Iterator[Volume]:
    for secret, files in runnable.secret_files.items():
        items = [{"key": key, "path": key} for key in files.keys]
        source = {"secret": {"secretName": secret, "items": items, "defaultMode": 0o440}}
        yield Volume(name=secret, path=files.path, source=source)
