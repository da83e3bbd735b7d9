"""Who opens connections to a database, and how many at most, as far as manifests tell."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.workload import Workload
from tierpolicies.messaging.celery_workers import workers
from tierpolicies.storage.postgres_servers import Server
from tierpolicies.workloads.known_variables import Variable, known_variables
from tierpolicies.workloads.rollout import rollout, scaled, share

_POOLS = ("POOL_SIZE", "MAX_POOL_SIZE", "MAXIMUM_POOL_SIZE", "MAX_CONNECTIONS", "MAX_OPEN_CONNS")
_PROCESSES = re.compile(r"(?:^|\s)(?:uvicorn|gunicorn)\s(?:.*\s)?(?:--workers|-w)(?:=|\s+)(\d+)")
_PREFORK = ("prefork", "processes")


@dataclass(frozen=True, slots=True)
class Client:
    """A workload that calls a database as a role: its pods at their most, each of some processes."""

    workload: Workload
    role: str
    pods: int
    processes: int
    pool: int

    @property
    def most(self) -> int:
        """Connections at the autoscaler's maximum, while an update rolls."""
        return self.pods * self.processes * self.pool

    def __str__(self) -> str:
        factors = [self.pods, self.processes, self.pool] if self.processes > 1 else [self.pods, self.pool]
        return f"{self.workload.manifest.name} {' x '.join(map(str, factors))}"


def clients(context: Context, server: Server) -> list[Client]:
    """The clients of a server. One that does not tell the size of its pool counts as one connection."""
    found: list[Client] = []
    for workload in scaled(context):
        if workload.manifest is server.manifest:
            continue
        for container in workload.own.running:
            known = known_variables(context.index, workload, container.view)
            logins = list(_logins(workload, known, server))
            if logins:
                pods, processes = _pods(workload), _processes(context, container.view)
                found += [Client(workload, role, pods, processes, pool) for role, pool in logins]
    return found


def _logins(workload: Workload, known: Mapping[str, Variable], server: Server) -> Iterator[tuple[str, int]]:
    """The roles that a container logs in as, each with its pool."""
    for name, variable in known.items():
        prefix = name.removesuffix("HOST")
        if prefix == name or not _leads_to(variable.text, workload, server):
            continue
        user = known.get(f"{prefix}USER")
        if user is not None:
            yield user.text, _pool(known, prefix)
        # Further logins at the same server: POSTGRES_BACKUP_USER beside POSTGRES_USER.
        for other, login in known.items():
            own = other.removesuffix("USER")
            if own != other and own.startswith(prefix) and own != prefix and f"{own}HOST" not in known:
                yield login.text, _pool(known, own)


def _pool(known: Mapping[str, Variable], prefix: str) -> int:
    for name in _POOLS:
        given = known.get(f"{prefix}{name}")
        if given is not None and given.text.isdecimal():
            return int(given.text)
    return 1


def _leads_to(host: str, workload: Workload, server: Server) -> bool:
    name, _, rest = host.partition(".")
    namespace = rest.partition(".")[0] or workload.manifest.namespace or DEFAULT_NAMESPACE
    return (namespace, name) in server.names


def _pods(workload: Workload) -> int:
    updating = rollout(workload)
    most = workload.max_replicas
    added = share(updating.surge_at, most, default="25%", up=True) or 0
    return most + (added if updating.surge else 0)


def _processes(context: Context, container: View) -> int:
    for worker in workers(context.index):
        if worker.container.value is container.value:
            pool = worker.setting("pool")
            return worker.slots if pool is None or pool.text in _PREFORK else 1
    line = " ".join(word.text for field in ("command", "args") for word in container[field])
    match = _PROCESSES.search(line)
    return int(match[1]) if match else 1
