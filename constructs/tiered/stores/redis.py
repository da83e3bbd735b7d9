"""One Redis, either a cache that may forget or a store that may not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from constructs import Construct

from tiered.component import CONFIRMED_REMOVAL, Component
from tiered.errors import TieredError
from tiered.manifest import Body, Wave
from tiered.origin import Origin
from tiered.quantity import parse
from tiered.stores.store import (
    VolumeClaim,
    add_service,
    digest,
    read_only_files,
    shell_probe,
)
from tiered.workloads.container import Container, Resources, Variable, Volume
from tiered.workloads.pod import Placement, Pod
from tiered.workloads.service_account import add_service_account

Eviction = Literal[
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
]

CLIENT_PORTS = {"redis": 6379}
HOLDS = "tierwright.dev/holds"

_CONFIGURATION = "/etc/redis/redis.conf"
_DATA_PATH = "/data"
_MEBIBYTE = 1024**2

# The password comes in on standard input: neither in the ConfigMap nor among the arguments, which
# every process of the node's user could read. An ACL rather than `requirepass`, since it also takes
# away what no app needs: FLUSHALL, KEYS, CONFIG, DEBUG, SHUTDOWN and their like.
_START = f"""\
case $REDISCLI_AUTH in
  ''|*[!A-Za-z0-9_-]*) echo 'password: use letters, digits, - and _, and at least one' >&2; exit 1 ;;
esac
exec redis-server {_CONFIGURATION} - <<END
user default on >$REDISCLI_AUTH ~* &* +@all -@dangerous +info
END
"""


class Redis(Component):
    """A Deployment of one replica, its Service, its ConfigMap and, if it persists, its volume.

    It is replaced by stopping the old pod first: two servers on one append-only file would destroy it.

    Args:
        image: with `redis-server` 6.2 or later, `redis-cli` and `sh`.
        secret: Secret with the password under `name`.
        resources: of the server; the memory limit sets `maxmemory`.
        eviction: what a full instance does.
        holds: what is kept in it; becomes an annotation by which a person or a rule can judge the eviction.
        volume: for an append-only file; None: everything is gone with the pod.
        sidecars: further containers of the pod, for example an exporter.
        name: of all objects.
        user: numeric user of the image (999 in the official one).
    """

    port = CLIENT_PORTS["redis"]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        image: str,
        secret: str,
        resources: Resources,
        eviction: Eviction,
        holds: Sequence[str],
        placement: Placement,
        volume: VolumeClaim | None = None,
        sidecars: Sequence[Container] = (),
        user: int = 999,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        if "memory" not in resources.limits:
            raise TieredError(f"{name}: give it a memory limit, from which maxmemory is derived")
        self.name = name
        self.host = f"{name}.{self.chart.target_namespace}.svc"
        self.files = {
            "redis.conf": configuration(
                resources.limits["memory"], eviction=eviction, persists=volume is not None
            )
        }
        annotations = {HOLDS: ",".join(holds)} if holds else {}
        pod = Pod(
            name=name,
            labels=self.chart.common_labels,
            role="store",
            placement=placement,
            containers=[
                _server(
                    name=name,
                    image=image,
                    secret=secret,
                    resources=resources,
                    persists=volume is not None,
                ),
                *sidecars,
            ],
            service_account=name,
            user=user,
            annotations=digest(self.files),
        )
        self.selector = pod.selector
        add_service_account(self, name)
        self.add("v1", "ConfigMap", name, wave=Wave.CONFIGURATION, annotations=annotations, data=self.files)
        if volume is not None:
            self.add(
                "v1",
                "PersistentVolumeClaim",
                name,
                wave=Wave.STORE,
                annotations=CONFIRMED_REMOVAL,
                spec=volume.spec(),
            )
        add_service(
            self,
            name,
            selector=pod.selector,
            ports={port: number for container in pod.containers for port, number in container.ports.items()},
        )
        self.add(
            "apps/v1",
            "Deployment",
            name,
            wave=Wave.STORE,
            annotations=annotations,
            spec={
                "replicas": 1,
                "strategy": {"type": "Recreate"},
                "selector": {"matchLabels": pod.selector},
                "template": pod.template(),
            },
        )


def configuration(memory: str, *, eviction: Eviction, persists: bool) -> str:
    """redis.conf for a container with this memory limit; `persists`: with an append-only file."""
    # The rest is for connections' buffers, and, where a file is rewritten by a forked copy of the
    # process, for the pages that change meanwhile.
    share = Fraction(6, 10) if persists else Fraction(3, 4)
    settings = {
        "maxmemory": f"{int(parse(memory) * share // _MEBIBYTE)}mb",
        "maxmemory-policy": eviction,
        "save": '""',
        "appendonly": "yes" if persists else "no",
        **({"dir": _DATA_PATH, "appendfsync": "everysec"} if persists else {}),
        "tcp-keepalive": 60,
    }
    return "".join(f"{key} {value}\n" for key, value in settings.items())


def _server(*, name: str, image: str, secret: str, resources: Resources, persists: bool) -> Container:
    volumes = [
        Volume(name="configuration", path="/etc/redis", source=read_only_files(name)),
    ]
    if persists:
        claim: Body = {"persistentVolumeClaim": {"claimName": name}}
        volumes.append(Volume(name="data", path=_DATA_PATH, source=claim, read_only=False))
    return Container(
        name="redis",
        image=image,
        resources=resources,
        command=["sh", "-c", _START],
        environment=[Variable(name="REDISCLI_AUTH", secret=secret, key=name)],
        ports=CLIENT_PORTS,
        volumes=volumes,
        readiness=shell_probe('test "$(redis-cli ping)" = PONG', period=5),
        # Any answer will do: while it loads its file it answers LOADING, and is well.
        liveness={**shell_probe("redis-cli ping", period=20), "initialDelaySeconds": 10},
    )
