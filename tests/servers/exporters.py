"""The exporters beside the stores, started as their containers are: what Prometheus would scrape."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Any

from tests.servers import manifests
from tests.servers.given import program
from tests.servers.ports import free_port
from tests.servers.process import Process


class Exporter:
    """One exporter, of Debian's version of the program that the image holds.

    Args:
        name: Of the store.
        pod: The spec of the store's pods.
        secrets: What its Secret's keys hold, by variable.
        store: Where the store listens here, as `host:port`.
        folder: For its log.
    """

    def __init__(
        self, name: str, pod: dict[str, Any], *, secrets: dict[str, str], store: str, folder: Path
    ) -> None:
        container = next(each for each in pod["containers"] if each["name"] == "exporter")
        package = "prometheus-" + container["image"].rpartition("/")[2].partition(":")[0].replace("_", "-")
        self.port = free_port()
        [(_, inside)] = [(each["name"], each["containerPort"]) for each in container["ports"]]
        given = manifests.variables(container)
        wanted = {each["name"] for each in container["env"] if "valueFrom" in each}
        assert wanted == set(secrets), f"the exporter of {name} takes {wanted} from its Secret"
        here = {
            key: value.replace("127.0.0.1:5432", store).replace("127.0.0.1:6379", store)
            for key, value in given.items()
        }
        self.process = Process(
            [
                program(package, package=package, variable="nothing: exporters are always started here"),
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            here | secrets,
            log=folder / f"{name}-exporter-{inside}.log",
            name=f"exporter of {name}",
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/metrics"

    def start(self) -> Exporter:
        self.process.start().wait_ready(self.url, seconds=60)
        return self

    def close(self) -> None:
        self.process.terminate()

    def samples(self) -> dict[str, float]:
        """What it answers now, by name with labels."""
        with urllib.request.urlopen(self.url, timeout=30) as answer:  # noqa: S310 - the test's own
            lines = answer.read().decode().splitlines()
        pairs = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}
