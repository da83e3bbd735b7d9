"""Three Redis that replicate and choose a new master by Sentinel when theirs is gone."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.component import CONFIRMED_REMOVAL, Component
from tiered.errors import TieredError
from tiered.manifest import Body, Wave
from tiered.origin import Origin
from tiered.stores.redis import CLIENT_PORTS, HOLDS, Eviction, configuration
from tiered.stores.redis_replication import (
    GRACE_SECONDS,
    SENTINEL_START,
    SERVER_READY,
    SERVER_START,
    SERVER_STOP,
)
from tiered.stores.store import VolumeClaim, add_service, digest, read_only_files, shell_probe
from tiered.workloads.container import Container, Resources, Variable, Volume, scratch
from tiered.workloads.disruption import add_budget
from tiered.workloads.pod import Placement, Pod
from tiered.workloads.service_account import add_service_account

SENTINEL_PORTS = {"sentinel": 26379}
REPLICATION_KEY = "replication"
"""Key in the Secret: what the servers and their sentinels log in with among themselves."""

_DATA = Volume(name="data", path="/data", source={}, read_only=False)
_SENTINEL = Resources(requests={"cpu": "10m", "memory": "16Mi"}, limits={"cpu": "50m", "memory": "32Mi"})


class RedisSentinel(Component):
    """A StatefulSet of servers, each with a sentinel beside it, and the Service that gives them names.

    Clients ask the sentinels (port 26379 of every pod, the server's password) who is the master of `name`.

    Args:
        image: with `redis-server` 6.2 or later, `redis-cli` and `sh`.
        replicas: odd; a majority of the sentinels chooses.
        secret: Secret with the clients' password under `name`, and another one under `replication`.
        volume: of each, for the append-only file and for who is whose replica.
        sidecars: further containers of each pod, for example an exporter.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        image: str,
        replicas: int,
        secret: str,
        resources: Resources,
        eviction: Eviction,
        holds: Sequence[str],
        placement: Placement,
        volume: VolumeClaim,
        sidecars: Sequence[Container] = (),
        user: int = 999,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        if replicas < 3 or replicas % 2 == 0:
            raise TieredError(f"{name}: {replicas} sentinels have no majority to choose by; write 3 or 5")
        if "memory" not in resources.limits:
            raise TieredError(f"{name}: give it a memory limit, from which maxmemory is derived")
        self.name = name
        namespace = self.chart.target_namespace
        self.hosts = [f"{name}-{number}.{name}.{namespace}.svc" for number in range(replicas)]
        # A master that no replica follows takes no more writes: what it took would be lost with it. So no
        # replica is kept waiting for others that could be copied to with it.
        replicated = "min-replicas-to-write 1\nmin-replicas-max-lag 10\nrepl-diskless-sync-delay 0\n"
        self.files = {
            "redis.conf": configuration(resources.limits["memory"], eviction=eviction, persists=True)
            + replicated
        }
        annotations = {HOLDS: ",".join(holds)} if holds else {}
        told = [
            Variable(name="POD_NAME", field_path="metadata.name"),
            Variable(name="HOST", value=f"$(POD_NAME).{name}.{namespace}.svc"),
            Variable(name="PEERS", value=" ".join(self.hosts)),
            Variable(name="MASTER", value=name),
            Variable(name="QUORUM", value=str(replicas // 2 + 1)),
            Variable(name="REDISCLI_AUTH", secret=secret, key=name),
            Variable(name="REPLICATION_PASSWORD", secret=secret, key=REPLICATION_KEY),
        ]
        in_memory: Body = {"emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}
        users = Volume(name="users", path="/run/redis", source=in_memory, read_only=False)
        server = Container(
            name="redis",
            image=image,
            resources=resources,
            command=["sh", "-c", SERVER_START],
            environment=told,
            ports=CLIENT_PORTS,
            volumes=[
                Volume(name="configuration", path="/etc/redis", source=read_only_files(name)),
                users,
                _DATA,
            ],
            pre_stop={"exec": {"command": ["sh", "-c", SERVER_STOP]}},
            readiness=shell_probe(SERVER_READY, period=5),
            # Any answer will do: while it loads its file it answers LOADING, and is well.
            liveness={**shell_probe("redis-cli ping", period=20), "initialDelaySeconds": 10},
        )
        sentinel = Container(
            name="sentinel",
            image=image,
            resources=_SENTINEL,
            command=["sh", "-c", SENTINEL_START],
            environment=told,
            ports=SENTINEL_PORTS,
            volumes=[users, _DATA, scratch()],
            readiness=shell_probe('test "$(redis-cli -p 26379 ping)" = PONG', period=5),
            liveness={**shell_probe("redis-cli -p 26379 ping", period=20), "initialDelaySeconds": 30},
        )
        pod = Pod(
            name=name,
            labels=self.chart.common_labels,
            role="store",
            placement=placement,
            containers=[server, sentinel, *sidecars],
            service_account=name,
            user=user,
            grace_seconds=GRACE_SECONDS,
            spread=True,
            annotations=digest(self.files),
        )
        self.selector = pod.selector
        add_service_account(self, name)
        self.add("v1", "ConfigMap", name, wave=Wave.CONFIGURATION, annotations=annotations, data=self.files)
        # They look each other up before they are ready.
        add_service(
            self,
            name,
            selector=pod.selector,
            ports={**CLIENT_PORTS, **SENTINEL_PORTS},
            clusterIP="None",
            publishNotReadyAddresses=True,
        )
        self.add(
            "apps/v1",
            "StatefulSet",
            name,
            wave=Wave.STORE,
            annotations={**annotations, **CONFIRMED_REMOVAL},
            spec={
                "replicas": replicas,
                "serviceName": name,
                "podManagementPolicy": "Parallel",
                "updateStrategy": {"type": "RollingUpdate"},
                "selector": {"matchLabels": pod.selector},
                "template": pod.template(),
                "volumeClaimTemplates": [volume.template("data")],
            },
        )
        add_budget(self, name, selector=pod.selector, replicas=replicas)
