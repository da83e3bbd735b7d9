"""Whom Alertmanager tells: its own program reads the configuration, and a message arrives."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.servers.given import program
from tests.servers.ports import free_port
from tests.servers.process import Process
from tests.servers.waiting import eventually
from tiered.observability.monitoring_stack import namespace_labels, slack_receiver

STARTED_HERE = "nothing: it is always started here"
VALUES: Any = slack_receiver(channel="incidents", secret="alerts", key="url")
SECRETS = "/etc/alertmanager/secrets/alerts"


@pytest.fixture
def slack() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that takes what Slack's incoming webhooks take: its address, and what arrived."""
    arrived: list[dict[str, Any]] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server calls
            arrived.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/services/T/B/secret", arrived
    server.shutdown()
    server.server_close()


@pytest.fixture
def alertmanager(slack: tuple[str, list[dict[str, Any]]], tmp_path: Path) -> Iterator[str]:
    """Alertmanager with the values' configuration; what differs are the Secret's place and the patience."""
    (tmp_path / "url").write_text(slack[0])
    text = yaml.safe_dump(VALUES["alertmanager"]["config"])
    assert SECRETS in text
    configuration = tmp_path / "alertmanager.yaml"
    configuration.write_text(
        text.replace(SECRETS, str(tmp_path)).replace("group_wait: 30s", "group_wait: 0s")
    )
    port = free_port()
    process = Process(
        [
            program("prometheus-alertmanager", package="prometheus-alertmanager", variable=STARTED_HERE),
            f"--config.file={configuration}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        {},
        log=tmp_path / "log",
    )
    process.start().wait_ready(f"http://127.0.0.1:{port}/-/ready", seconds=60)
    yield f"http://127.0.0.1:{port}"
    process.terminate()


def fire(alertmanager: str, name: str, severity: str, **labels: str) -> None:
    alert = {
        "labels": {"alertname": name, "severity": severity, **labels},
        "annotations": {"summary": f"{name} it is.", "runbook_url": f"https://example.org/{name}.md"},
    }
    httpx2.post(f"{alertmanager}/api/v2/alerts", json=[alert]).raise_for_status()


def test_a_warning_arrives_with_the_way_to_its_page(
    slack: tuple[str, list[dict[str, Any]]], alertmanager: str
) -> None:
    fire(alertmanager, "QueueLong", "warning")
    eventually(lambda: slack[1], "the message arrives", seconds=60)
    (message,) = slack[1]
    assert message["channel"] == "#incidents"
    (attachment,) = message["attachments"]
    assert attachment["title"] == "FIRING QueueLong (warning)"
    assert attachment["text"] == "QueueLong it is.  <https://example.org/QueueLong.md|What to do>\n"


def test_what_nobody_need_act_on_wakes_nobody(
    slack: tuple[str, list[dict[str, Any]]], alertmanager: str
) -> None:
    fire(alertmanager, "Watchdog", "none")
    fire(alertmanager, "CacheMisses", "info")
    fire(alertmanager, "BrokerQuorumLost", "critical", namespace="messaging")
    fire(alertmanager, "QueueUnconsumed", "critical", namespace="messaging")  # follows from the one before
    eventually(lambda: len(slack[1]) == 1, "one message arrives", seconds=60)
    assert "BrokerQuorumLost" in slack[1][0]["attachments"][0]["title"]


def test_the_address_stands_in_no_file() -> None:
    (config,) = [each for each in VALUES["alertmanager"]["config"]["receivers"] if "slack_configs" in each]
    (slack_config,) = config["slack_configs"]
    assert slack_config["api_url_file"] == f"{SECRETS}/url"
    assert "api_url" not in slack_config
    assert VALUES["alertmanager"]["alertmanagerSpec"] == {"secrets": ["alerts"]}


def test_alertmanagers_own_tool_reads_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yaml"
    file.write_text(yaml.safe_dump(VALUES["alertmanager"]["config"]))
    amtool = program("amtool", package="prometheus-alertmanager", variable=STARTED_HERE)
    checked = subprocess.run([amtool, "check-config", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_labels_of_namespaces_are_exported() -> None:
    assert namespace_labels("tier") == {
        "kube-state-metrics": {"metricLabelsAllowlist": ["namespaces=[tier]"]}
    }
