"""Services as processes, with the command and the plain variables of their manifests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from tests.servers import manifests
from tests.servers.ports import free_port
from tests.servers.process import Process


class Service:
    """A service, and a client of it.

    Args:
        name: Its Deployment.
        environment: Over the manifest's variables.
        wait: Whether it is ready when it has been made; else `wait_ready` waits for that.
    """

    def __init__(self, name: str, environment: Mapping[str, str], *, folder: Path, wait: bool = True) -> None:
        container = manifests.pod("Deployment", name)["containers"][0]
        port = free_port()
        ours = {"0.0.0.0": "127.0.0.1", "8000": str(port)}  # noqa: S104 - what the manifest says
        self.process = Process(
            [ours.get(word, word) for word in container["command"]],
            manifests.variables(container) | dict(environment),
            log=folder / f"{name}.log",
            name=name,
        ).start()
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx2.Client(base_url=self.url, timeout=20)
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        self.process.wait_ready(f"{self.url}/readyz", seconds=60)

    def close(self) -> None:
        self.http.close()
        self.process.terminate()

    def log(self) -> list[dict[str, Any]]:
        """What it wrote, line by line."""
        return [
            json.loads(line) for line in self.process.log.read_text().splitlines() if line.startswith("{")
        ]


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that `answer` is this problem, and give it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"].endswith(f"/{code}"), body
    return body
