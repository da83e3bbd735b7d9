"""Where RabbitMQ 4 lies on this machine, and the delivered files as one node of it reads them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import manifests
from tests.servers.ports import free_port

VARIABLE = "TEST_AMQP_URL"
"""URL of a server to use instead, with its administrator: amqp://user:password@host:port. It must be there
for tests only: definitions and accounts are imported into it. Its HTTP API is looked for on the same host at
15672, or where TEST_RABBITMQ_MANAGEMENT_URL says."""

VERSION = "4"
_TICK_MILLISECONDS = 200  # every 5 s by itself: nothing but statistics hangs on it
OLDER_VERSION = "3"
"""What Debian bookworm has: no more than an upgrade's first step, and a second opinion on the definitions."""
_PROGRAM = "usr/lib/rabbitmq/lib/rabbitmq_server-{version}.*/sbin/rabbitmq-server"
_NOT_IN_OLDER = ("quorum_queue.continuous_membership_reconciliation.",)
"""Settings that RabbitMQ 3.10 does not know."""


def password_of(account: str) -> str:
    """The password that tests give to an account."""
    return f"{account}-test-password"


@dataclass(frozen=True)
class Installation:
    """Where the server's program lies, and the root folder of the system it belongs to."""

    root: Path
    program: Path

    @property
    def is_older(self) -> bool:
        return f"rabbitmq_server-{OLDER_VERSION}." in str(self.program)

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    def inside(self, path: Path) -> str:
        """A path as the program sees it."""
        return f"/{path.relative_to(self.root)}"


def cached_root() -> Path:
    """Where ./dev puts a system with RabbitMQ when the machine's own is older."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache, "tierwright", f"rabbitmq-{VERSION}")


def older_installations() -> list[Installation]:
    """The machine's own RabbitMQ of the version before, if it has one."""
    programs = sorted(Path("/").glob(_PROGRAM.format(version=OLDER_VERSION)))
    return [Installation(Path("/"), program) for program in programs]


def installation() -> Installation:
    for root in (Path("/"), cached_root()):
        for program in sorted(root.glob(_PROGRAM.format(version=VERSION))):
            return Installation(root, program)
    pytest.fail(
        f"RabbitMQ {VERSION} is missing: run ./dev test as root on Debian, which puts it into "
        f"{cached_root()}, or name a server that is only for tests in {VARIABLE}",
        pytrace=False,
    )


def accounts() -> list[tuple[str, list[str]]]:
    lines = manifests.files("rabbitmq")["accounts"].splitlines()
    return [(name, json.loads(tags)) for name, _, tags in (line.partition(" ") for line in lines)]


@dataclass(frozen=True)
class Ports:
    """What a node listens on."""

    amqp: int
    management: int
    metrics: int
    distribution: int

    @classmethod
    def free(cls) -> Ports:
        return cls(free_port(), free_port(), free_port(), free_port())


def write_configuration(found: Installation, base: Path, ports: Ports, peers: Sequence[str] = ()) -> None:
    """The ConfigMap's files; what differs from the cluster is named here and nowhere else.

    Args:
        peers: Names of the cluster's nodes; none for one that is alone.
    """
    files = manifests.files("rabbitmq")
    definitions = found.inside(base / "definitions")
    # Without a Kubernetes the nodes have a list of names instead of ordinals.
    listed = "".join(
        f"cluster_formation.classic_config.nodes.{number} = {name}\n" for number, name in enumerate(peers, 1)
    )
    discovery = f"cluster_formation.peer_discovery_backend = classic_config\n{listed}" if peers else ""
    alone = {
        "cluster_formation.target_cluster_size_hint = 3\n": "",
        "target_group_size = 3": "target_group_size = 1",
    }
    configuration = manifests.substituted(
        files["rabbitmq.conf"],
        {
            "cluster_formation.peer_discovery_backend = k8s\n": discovery,
            **({} if peers else alone),
            "definitions.local.path = /run/rabbitmq/definitions": f"definitions.local.path = {definitions}",
        },
    )
    here = (
        f"listeners.tcp.local = 127.0.0.1:{ports.amqp}\n"
        f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {ports.management}\n"
        f"prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = {ports.metrics}\n"
        # Without /proc, which a changed root folder lacks, the runtime's own figure is all there is.
        "vm_memory_calculation_strategy = allocated\n"
    )
    if found.is_older:
        lines = configuration.splitlines(keepends=True)
        configuration = manifests.substituted(
            "".join(line for line in lines if not line.startswith(_NOT_IN_OLDER)),
            # Its own name for a folder of definitions.
            {
                "definitions.import_backend = local_filesystem\n": "",
                "definitions.local.path": "load_definitions",
            },
        )
    plugins = manifests.substituted(files["enabled_plugins"], {"rabbitmq_peer_discovery_k8s,": ""})
    for name, text in (files | {"rabbitmq.conf": configuration + here, "enabled_plugins": plugins}).items():
        (base / "etc" / name).write_text(text)
    (base / "etc" / "rabbitmq-env.conf").write_text("")


def make_node(
    found: Installation, base: Path, *, name: str, ports: Ports, epmd: int, peers: Sequence[str] = ()
) -> dict[str, str]:
    """The files of a node below `base`, as its pod's init container leaves them, and its environment."""
    for folder in ("etc", "definitions", "passwords", "data", "home", "log"):
        (base / folder).mkdir(parents=True)
    write_configuration(found, base, ports, peers)
    prepare(base)
    on_loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
    return {
        "PATH": f"{found.inside(found.program.parent)}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": found.inside(base / "home"),
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": name,
        "RABBITMQ_CONFIG_FILE": found.inside(base / "etc" / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": found.inside(base / "etc" / "enabled_plugins"),
        "RABBITMQ_CONF_ENV_FILE": found.inside(base / "etc" / "rabbitmq-env.conf"),
        "RABBITMQ_MNESIA_BASE": found.inside(base / "data"),
        "RABBITMQ_LOG_BASE": found.inside(base / "log"),
        "RABBITMQ_DIST_PORT": str(ports.distribution),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{on_loopback} "
        f"-rabbit quorum_tick_interval {_TICK_MILLISECONDS}",
        "RABBITMQ_CTL_ERL_ARGS": on_loopback,
    }


def prepare(base: Path) -> None:
    """Run the init container's script: accounts with passwords, definitions, the cookie."""
    for name, _ in accounts():
        (base / "passwords" / name).write_text(password_of(name))
    (base / "passwords" / "erlang-cookie").write_text("cookieoftestsonly")
    shell, flag, script = manifests.pod("StatefulSet", "rabbitmq")["initContainers"][0]["command"]
    script = manifests.substituted(
        script,
        {
            "/etc/rabbitmq/": f"{base}/etc/",
            "/run/rabbitmq/definitions/": f"{base}/definitions/",
            "/run/rabbitmq/passwords/": f"{base}/passwords/",
            "/var/lib/rabbitmq/": f"{base}/home/",
        },
    )
    run = subprocess.run([shell, flag, script], capture_output=True, text=True, check=False, timeout=30)
    if run.returncode != 0:
        pytest.fail(f"the init container of rabbitmq failed:\n{run.stderr}", pytrace=False)
