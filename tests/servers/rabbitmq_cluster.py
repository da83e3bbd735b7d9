"""Three RabbitMQ nodes on this machine, as pods of the StatefulSet: each has its name and its volume."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import urllib.error
from pathlib import Path
from typing import Any

import amqp
import httpx2

from tests.servers import manifests
from tests.servers.ports import accepts, free_port
from tests.servers.process import Process
from tests.servers.rabbitmq_files import Ports, installation, make_node, password_of

_START_SECONDS = 180
_ADMINISTRATOR = "admin"
_PEERS = ("cluster_formation.peer_discovery_backend", "cluster_formation.classic_config")


class Node:
    """One node: a process and its volume."""

    def __init__(self, ordinal: int, names: list[str], *, base: Path, epmd: int) -> None:
        found = installation()
        self.name = names[ordinal]
        self.ports = Ports.free()
        self._entry = ["chroot", str(found.root)] if found.root != Path("/") else []
        self._data = base / self.name / "data"
        self._environment = make_node(
            found, base / self.name, name=self.name, ports=self.ports, epmd=epmd, peers=names
        )
        command = [*self._entry, found.inside(found.program)]
        self.process = Process(
            command, self._environment, log=base / self.name / "node.log", name=f"rabbitmq {ordinal}"
        )

    @property
    def is_ready(self) -> bool:
        """What the pod's readiness probe asks: whether the AMQP port takes connections."""
        return self.process.running and accepts(self.ports.amqp)

    def start(self) -> None:
        """Start without waiting, as Kubernetes starts all pods at once."""
        self.process.start()

    def wait_ready(self) -> None:
        self.process.wait_until(lambda: self.is_ready, "it is ready", seconds=_START_SECONDS)

    def run(self, *command: str) -> str:
        """Run a command in the pod, as `kubectl exec` would, and return what it wrote.

        Raises:
            AssertionError: it failed; the message holds what it said.
        """
        ended = subprocess.run(
            [*self._entry, *command],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert ended.returncode == 0, f"{self.name}: {' '.join(command)}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def delete_pod(self) -> None:
        """End as a deleted pod does: the manifest's preStop hook, then SIGTERM."""
        [container] = manifests.pod("StatefulSet", "rabbitmq")["containers"]
        self.run(*container["lifecycle"]["preStop"]["exec"]["command"])
        self.process.terminate(seconds=60)

    def lose_volume(self) -> None:
        """Everything the node wrote is gone; the next start finds an empty volume."""
        for each in self._data.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()

    def begin_alone(self) -> None:
        """Know of no peers at the next start, as ordinal 0 does: it is the one that all others join."""
        file = self._data.parent / "etc" / "rabbitmq.conf"
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(each for each in lines if not each.startswith(_PEERS)))

    def management(self, path: str) -> Any:
        """What the HTTP API of this node answers."""
        answer = httpx2.get(
            f"http://127.0.0.1:{self.ports.management}/api{path}",
            auth=(_ADMINISTRATOR, password_of(_ADMINISTRATOR)),
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()

    def connect(self) -> amqp.Connection:
        """An open connection of the administrator; what it publishes is confirmed."""
        connection = amqp.Connection(
            f"127.0.0.1:{self.ports.amqp}",
            userid=_ADMINISTRATOR,
            password=password_of(_ADMINISTRATOR),
            confirm_publish=True,
            connect_timeout=5,
            read_timeout=20,
        )
        connection.connect()
        return connection


class Cluster:
    """The nodes of the StatefulSet, as many as it has replicas."""

    def __init__(self) -> None:
        self._base = Path(tempfile.mkdtemp(prefix="tests-cluster-", dir=installation().temporary))
        epmd = free_port()
        replicas = manifests.document("StatefulSet", "rabbitmq")["spec"]["replicas"]
        names = [f"tests-{epmd}-{ordinal}@localhost" for ordinal in range(replicas)]
        self.nodes = [Node(ordinal, names, base=self._base, epmd=epmd) for ordinal in range(replicas)]
        found = installation()
        entry = ["chroot", str(found.root)] if found.root != Path("/") else []
        self._epmd = Process(
            [*entry, "epmd", "-address", "127.0.0.1", "-port", str(epmd)],
            self.nodes[0]._environment,
            log=self._base / "epmd.log",
            name="epmd",
        )

    def start(self) -> Cluster:
        """Start every node that does not run, and wait until each has all replicas of each queue."""
        self._epmd.start()
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait_ready()
        self.nodes[0].process.wait_until(self.is_whole, "every queue is whole", seconds=_START_SECONDS)
        return self

    def close(self) -> None:
        for process in (*(node.process for node in self.nodes), self._epmd):
            if process.running:
                process.terminate(seconds=60)
        shutil.rmtree(self._base, ignore_errors=True)

    def queues(self) -> list[dict[str, Any]]:
        """The platform's queues as the first node that answers sees them."""
        node = next(each for each in self.nodes if each.is_ready)
        return [each for each in node.management("/queues/%2F") if not each["name"].startswith("celery")]

    def leader(self, queue: str) -> Node:
        """The node that leads a queue."""
        told = next(each for each in self.queues() if each["name"] == queue)
        return next(node for node in self.nodes if node.name == told["leader"])

    def is_whole(self) -> bool:
        """Whether each node is ready and each queue has a replica online on each of them."""
        wanted = json.loads(manifests.files("rabbitmq")["definitions.json"])["queues"]
        try:
            if not all(node.is_ready for node in self.nodes):
                return False
            found = self.queues()
        except (httpx2.HTTPError, urllib.error.URLError, OSError):
            return False
        names = {node.name for node in self.nodes}
        return {each["name"] for each in found} == {each["name"] for each in wanted} and all(
            set(each.get("online", ())) == names == set(each.get("members", ())) for each in found
        )
