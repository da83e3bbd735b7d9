"""The exporters beside the stores, started as their containers are: what Prometheus would scrape."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from tests.servers import manifests
from tests.servers.given import program
from tests.servers.ports import free_port
from tests.servers.process import Process


class Exporter:
    """One exporter, of Debian's version of the program that the image holds.

    Args:
        owner: Kind and name of the store's workload.
        secrets: What its Secret's keys hold, by variable.
        store_port: Where the store listens here.
        folder: For its log.
    """

    def __init__(
        self, owner: tuple[str, str], *, secrets: dict[str, str], store_port: int, folder: Path
    ) -> None:
        container = next(each for each in manifests.pod(*owner)["containers"] if each["name"] == "exporter")
        name = container["image"].rpartition("/")[2].partition(":")[0].replace("_", "-")
        package = f"prometheus-{name}"
        self.port = free_port()
        [(_, inside)] = [(each["name"], each["containerPort"]) for each in container["ports"]]
        given = manifests.variables(container)
        wanted = {each["name"] for each in container["env"] if "valueFrom" in each}
        assert wanted == set(secrets), f"the exporter of {owner[1]} takes {wanted} from its Secret"
        here = {
            key: value.replace("127.0.0.1:5432", f"127.0.0.1:{store_port}").replace(
                "127.0.0.1:6379", f"127.0.0.1:{store_port}"
            )
            for key, value in given.items()
        }
        self.process = Process(
            [
                program(package, package=package, variable="nothing: exporters are always started here"),
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            here | secrets,
            log=folder / f"{owner[1]}-exporter-{inside}.log",
            name=f"exporter of {owner[1]}",
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
