"""RabbitMQ 4 with the delivered configuration, definitions and accounts."""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import amqp
import pytest

from tests.servers import manifests
from tests.servers.given import given, only_own
from tests.servers.ports import accepts, free_port
from tests.servers.process import Process
from tests.servers.rabbitmq_files import (
    VARIABLE,
    VERSION,
    Installation,
    Ports,
    accounts,
    installation,
    make_node,
    password_of,
)

__all__ = ["VARIABLE", "RabbitMQ", "password_of"]

_MANAGEMENT_VARIABLE = "TEST_RABBITMQ_MANAGEMENT_URL"
_START_SECONDS = 120
_ADMINISTRATOR = "admin"


class RabbitMQ:
    """One node with the platform's queues, ready for every account.

    Args:
        older: An installation of another version to run, whatever server is given.
    """

    def __init__(self, older: Installation | None = None) -> None:
        self._directory: Path | None = None
        self._settled = False
        self.process: Process | None = None
        self._epmd: Process | None = None
        self.host = "127.0.0.1"
        self._messaging = Path(tempfile.mkdtemp(prefix="tests-messaging-"), "messaging.json")
        self._messaging.write_text(manifests.files("messaging")["messaging.json"])
        address = given(VARIABLE) if older is None else None
        if address:
            self.host, self.port = address.hostname or "127.0.0.1", address.port or 5672
            self._login = (unquote(address.username or "guest"), unquote(address.password or "guest"))
            at = os.environ.get(_MANAGEMENT_VARIABLE, f"http://{self.host}:15672")
            self._management = at.rstrip("/")
        else:
            self._ports = Ports.free()
            self.port = self._ports.amqp
            self._login = (_ADMINISTRATOR, password_of(_ADMINISTRATOR))
            self._management = f"http://127.0.0.1:{self._ports.management}"
            self._set_up(older or installation())

    @property
    def url(self) -> str:
        """The broker by its administrator."""
        user, password = self._login
        return f"amqp://{quote(user, safe='')}:{quote(password, safe='')}@{self.host}:{self.port}/%2F"

    @property
    def management_url(self) -> str:
        """Where the HTTP API and its pages are, without login."""
        return self._management

    @property
    def metrics_url(self) -> str:
        """Where Prometheus would scrape it."""
        return f"http://127.0.0.1:{self._ports.metrics}/metrics"

    @property
    def accounts(self) -> list[str]:
        """Every account of the platform, the administrator too."""
        return [name for name, _ in accounts()]

    def environment(self, account: str) -> dict[str, str]:
        """What a workload with this account is told by its manifest."""
        return {
            "RABBITMQ_HOST": self.host,
            "RABBITMQ_PORT": str(self.port),
            "RABBITMQ_USER": account,
            "RABBITMQ_PASSWORD": password_of(account),
            "MESSAGING_FILE": str(self._messaging),
        }

    def account_url(self, account: str) -> str:
        """The broker by one account, for a client that takes a URL."""
        return f"amqp://{account}:{password_of(account)}@{self.host}:{self.port}/%2F"

    def start(self) -> RabbitMQ:
        """Start, or start again on the same port and data, and wait until queues can be used."""
        if self.process and self._epmd:
            self._epmd.start()
            self._run()
            if not self._settled:
                # RabbitMQ writes the names of new queues to disk after minutes, or when it ends: until then
                # a kill loses the queue, which is not what tests of a broker that has run want to meet.
                self.stop()
                self._run()
                self._settled = True
        else:
            self._import()
        return self

    def stop(self) -> None:
        """Shut down as Kubernetes does."""
        self._own().terminate(seconds=60)

    def kill(self) -> None:
        self._own().kill()

    def pause(self) -> None:
        self._own().pause()

    def resume(self) -> None:
        self._own().resume()

    def close(self) -> None:
        """End the server and remove its data."""
        for process in (self.process, self._epmd):
            if process:
                process.terminate(seconds=60)
        for folder in (self._directory, self._messaging.parent):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)

    def management(self, path: str, *, method: str = "GET", body: object = None) -> Any:
        """Ask the HTTP API: `path` as `/queues/%2F/q.ai`; it answers JSON, or None when it says nothing.

        Raises:
            urllib.error.HTTPError: it answers an error.
        """
        login = base64.b64encode(":".join(self._login).encode()).decode()
        request = urllib.request.Request(  # noqa: S310 - the test's own server
            f"{self._management}/api{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Basic {login}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            answer = response.read()
        return json.loads(answer) if answer else None

    def queue_length(self, name: str) -> int:
        """How many messages a queue holds now, delivered ones included."""
        with self.connect() as connection:
            declared = connection.channel().queue_declare(name, passive=True)
        assert declared is not None
        ready = int(declared[1])
        # Delivered ones are told by statistics only, which are renewed several times a second.
        queue = self.management(
            f"/queues/%2F/{quote(name, safe='')}?disable_stats=true&enable_queue_totals=true"
        )
        return ready + int(queue["messages_unacknowledged"])

    def consumers(self, name: str) -> int:
        """How many consumers a queue has now."""
        with self.connect() as connection:
            declared = connection.channel().queue_declare(name, passive=True)
        assert declared is not None
        return int(declared[2])

    def connect(self, account: str | None = None) -> amqp.Connection:
        """An open connection of an account, or of the administrator; what it publishes is confirmed."""
        user, password = (account, password_of(account)) if account else self._login
        connection = amqp.Connection(
            f"{self.host}:{self.port}",
            userid=user,
            password=password,
            confirm_publish=True,
            connect_timeout=5,
        )
        connection.connect()
        return connection

    def purge_all(self) -> None:
        """Empty every queue."""
        queues = self.management("/queues/%2F?disable_stats=true")
        with self.connect() as connection:
            channel = connection.channel()
            for queue in queues:  # all: statistics tell too late which ones hold something
                channel.queue_purge(queue["name"])

    def _set_up(self, found: Installation) -> None:
        base = Path(tempfile.mkdtemp(prefix="tests-rabbitmq-", dir=found.temporary))
        self._directory = base
        epmd = free_port()
        environment = make_node(
            found, base, name=f"tests-{self.port}@localhost", ports=self._ports, epmd=epmd
        )
        entry = ["chroot", str(found.root)] if found.root != Path("/") else []
        log = base / "node.log"
        names = [*entry, "epmd", "-address", "127.0.0.1", "-port", str(epmd)]
        self._epmd = Process(names, environment, log=base / "epmd.log", name="epmd")
        self.process = Process(
            [*entry, found.inside(found.program)], environment, log=log, name="rabbitmq-server"
        )

    def _run(self) -> None:
        self._own().start().wait_until(self._answers, "it answers", seconds=_START_SECONDS)

    def _answers(self) -> bool:
        if not accepts(self.port):
            return False
        try:
            return bool(self.management(f"/health/checks/port-listener/{self.port}")["status"] == "ok")
        except (urllib.error.URLError, OSError):
            return False

    def _import(self) -> None:
        """Bring the platform's definitions and accounts into a given server."""
        definitions = json.loads(manifests.files("rabbitmq")["definitions.json"])
        users = [
            {"name": name, "password": password_of(name), "tags": tags}
            for name, tags in accounts()
            if name != self._login[0]
        ]
        try:
            version = self.management("/overview")["rabbitmq_version"]
            self.management("/definitions", method="POST", body={"users": users})
            self.management("/definitions", method="POST", body=definitions)
        except (urllib.error.URLError, OSError) as error:
            pytest.fail(f"RabbitMQ's HTTP API at {self._management} ({VARIABLE}): {error}", pytrace=False)
        if not version.startswith(f"{VERSION}."):
            pytest.fail(f"{VARIABLE} is RabbitMQ {version}, and {VERSION} is deployed", pytrace=False)

    def _own(self) -> Process:
        if not self.process:
            only_own(VARIABLE)
        assert self.process
        return self.process
