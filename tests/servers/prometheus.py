"""Prometheus with the delivered rules, which scrapes what it is given by the delivered monitors."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.servers import manifests
from tests.servers.given import program
from tests.servers.ports import free_port
from tests.servers.process import Process
from tests.servers.waiting import eventually

_SECONDS = 60
_INTERVAL = "2s"
"""Of scrapes and evaluations; the monitors' half a minute would only make tests slow."""


@dataclass(frozen=True)
class Target:
    """One pod as a monitor finds it.

    Args:
        job: Label of that name: for a PodMonitor its namespace and name.
        labels: What service discovery tells of it.
        relabelings: Of the monitor's endpoint, in the operator's spelling.
    """

    job: str
    port: int
    path: str = "/metrics"
    labels: dict[str, str] = field(default_factory=dict)
    relabelings: Sequence[dict[str, Any]] = ()

    @classmethod
    def of(cls, monitor: dict[str, Any], *, namespace: str, pod: str, port: int) -> Target:
        """A pod that a PodMonitor with one endpoint selects."""
        name = f"{monitor['metadata']['namespace']}/{monitor['metadata']['name']}"
        [endpoint] = monitor["spec"]["podMetricsEndpoints"]
        labels = {"namespace": namespace, "pod": pod, "endpoint": endpoint["port"]}
        return cls(name, port, endpoint["path"], labels, endpoint.get("relabelings", []))

    def configuration(self, number: int) -> dict[str, Any]:
        spelt = {"targetLabel": "target_label", "sourceLabels": "source_labels"}
        relabelings = [
            {spelt.get(key, key): value for key, value in each.items()} for each in self.relabelings
        ]
        return {
            "job_name": f"{self.job}/{number}",
            "metrics_path": self.path,
            "static_configs": [
                {"targets": [f"127.0.0.1:{self.port}"], "labels": {"job": self.job, **self.labels}}
            ],
            "relabel_configs": relabelings,
        }


class Prometheus:
    """One server; `start` returns once it has scraped every target."""

    def __init__(self, targets: Sequence[Target], folder: Path) -> None:
        self.port = free_port()
        self._targets = len(targets)
        rules = folder / "rules"
        rules.mkdir()
        for each in manifests.documents("PrometheusRule"):
            (rules / f"{each['metadata']['name']}.yaml").write_text(yaml.safe_dump(each["spec"]))
        configuration = {
            "global": {
                "scrape_interval": _INTERVAL,
                "scrape_timeout": _INTERVAL,
                "evaluation_interval": _INTERVAL,
            },
            "rule_files": [f"{rules}/*.yaml"],
            "scrape_configs": [each.configuration(number) for number, each in enumerate(targets)],
        }
        file = folder / "prometheus.yaml"
        file.write_text(yaml.safe_dump(configuration))
        self.process = Process(
            [
                program("prometheus", package="prometheus", variable="nothing: it is always started here"),
                f"--config.file={file}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            {},
            log=folder / "prometheus.log",
        )

    def start(self) -> Prometheus:
        self.process.start().wait_ready(f"http://127.0.0.1:{self.port}/-/ready", seconds=_SECONDS)
        self.process.wait_until(self._has_scraped, "every target is scraped", seconds=_SECONDS)
        return self

    def close(self) -> None:
        self.process.terminate()

    def silent(self) -> list[str]:
        """The targets that were not scraped, each with the reason."""
        told = self._ask("targets")["activeTargets"]
        return [f"{each['scrapePool']}: {each['lastError']}" for each in told if each["health"] != "up"]

    def _has_scraped(self) -> bool:
        return len(self._ask("targets")["activeTargets"]) == self._targets and not self.silent()

    def query(self, expression: str) -> dict[frozenset[tuple[str, str]], float]:
        """The result of an instant query, by labels."""
        found = self._ask("query", query=expression)["result"]
        return {frozenset(each["metric"].items()): float(each["value"][1]) for each in found}

    def course(
        self, expression: str, *, seconds: int, step: int
    ) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        """The labels of each series of the last seconds, with its times and values."""
        now = time.time()
        found = self._ask("query_range", query=expression, start=now - seconds, end=now, step=step)["result"]
        return [
            (each["metric"], [(float(at), float(value)) for at, value in each["values"]]) for each in found
        ]

    def value(self, expression: str) -> float | None:
        """The only sample of a result, or None."""
        found = list(self.query(expression).values())
        assert len(found) <= 1, f"{expression} has {len(found)} results"
        return found[0] if found else None

    def count(self, counter: str) -> float:
        """The sum of a counter's series at their newest samples, 0 without any.

        A scrape that a busy machine misses hides its series until the next one; counters are what they were.
        """
        return self.value(f"sum(last_over_time({counter}[1h]))") or 0

    def wait_for(self, expression: str) -> dict[frozenset[tuple[str, str]], float]:
        """The result of an expression as soon as it has one that is a number."""
        eventually(
            lambda: any(value == value for value in self.query(expression).values()),  # noqa: PLR0124 - not NaN
            f"{expression} has a value",
            seconds=_SECONDS,
        )
        return self.query(expression)

    def rules(self) -> list[dict[str, Any]]:
        """Every rule as the server sees it, with its health."""
        return [rule for group in self._ask("rules")["groups"] for rule in group["rules"]]

    def _ask(self, what: str, **parameters: str | float) -> Any:
        question = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        url = f"http://127.0.0.1:{self.port}/api/v1/{what}{question}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return json.loads(answer.read())["data"]
