"""Where RabbitMQ 4 lies on this machine, and the delivered files as one node of it reads them."""

from __future__ import annotations

import json
import os
import subprocess
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
_PROGRAM = f"usr/lib/rabbitmq/lib/rabbitmq_server-{VERSION}.*/sbin/rabbitmq-server"


def password_of(account: str) -> str:
    """The password that tests give to an account."""
    return f"{account}-test-password"


@dataclass(frozen=True)
class Installation:
    """Where the server's program lies, and the root folder of the system it belongs to."""

    root: Path
    program: Path

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


def installation() -> Installation:
    for root in (Path("/"), cached_root()):
        for program in sorted(root.glob(_PROGRAM)):
            return Installation(root, program)
    pytest.fail(
        f"RabbitMQ {VERSION} is missing: run ./dev test as root on Debian, which puts it into "
        f"{cached_root()}, or name a server that is only for tests in {VARIABLE}",
        pytrace=False,
    )


def accounts() -> list[tuple[str, list[str]]]:
    lines = manifests.files("rabbitmq")["accounts"].splitlines()
    return [(name, json.loads(tags)) for name, _, tags in (line.partition(" ") for line in lines)]


def write_configuration(found: Installation, base: Path, port: int, management: int) -> None:
    """The ConfigMap's files; what differs from the cluster is named here and nowhere else."""
    files = manifests.files("rabbitmq")
    definitions = found.inside(base / "definitions")
    configuration = manifests.substituted(
        files["rabbitmq.conf"],
        {
            # One node finds nobody.
            "cluster_formation.peer_discovery_backend = k8s\n": "",
            "cluster_formation.target_cluster_size_hint = 3\n": "",
            "target_group_size = 3": "target_group_size = 1",
            "definitions.local.path = /run/rabbitmq/definitions": f"definitions.local.path = {definitions}",
        },
    )
    here = (
        f"listeners.tcp.local = 127.0.0.1:{port}\n"
        f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {management}\n"
        f"prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = {free_port()}\n"
        # Without /proc, which a changed root folder lacks, the runtime's own figure is all there is.
        "vm_memory_calculation_strategy = allocated\n"
    )
    plugins = manifests.substituted(files["enabled_plugins"], {"rabbitmq_peer_discovery_k8s,": ""})
    for name, text in (files | {"rabbitmq.conf": configuration + here, "enabled_plugins": plugins}).items():
        (base / "etc" / name).write_text(text)
    (base / "etc" / "rabbitmq-env.conf").write_text("")


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
