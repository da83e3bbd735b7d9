"""What stands for cAdvisor and kube-state-metrics: the running pods' own CPU, memory and labels.

Neither runs without a Kubernetes. The names, labels and units are theirs, the figures those of /proc.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.e2e.manifests import Manifests
from tests.e2e.pod import Pod

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class NodeMetrics:
    """An endpoint /metrics about some pods.

    Args:
        pods: Those that run now.
    """

    def __init__(self, manifests: Manifests, pods: Callable[[], Sequence[Pod]]) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            body = "".join(f"{line}\n" for line in _lines(manifests, pods())).encode()
            handler.send_response(200)
            handler.send_header("Content-Type", "text/plain; version=0.0.4")
            handler.end_headers()
            handler.wfile.write(body)

        class Handler(BaseHTTPRequestHandler):
            do_GET = answer  # noqa: N815 - the name that http.server calls

            def log_message(self, *_: Any) -> None:
                """Nothing: a scrape a second is not worth a line."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="node metrics", daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    def start(self) -> NodeMetrics:
        self._thread.start()
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _lines(manifests: Manifests, pods: Sequence[Pod]) -> Iterator[str]:
    for pod in pods:
        container = pod.container["name"]
        labels = f'namespace="{pod.namespace}",pod="{pod.name}",container="{container}"'
        seconds, resident = _used(pod.process.pid)
        yield f"container_cpu_usage_seconds_total{{{labels}}} {seconds}"
        yield f"container_memory_working_set_bytes{{{labels}}} {resident}"
    exported = exported_labels(manifests)
    for each in manifests.of("Namespace"):
        told = each["metadata"]["labels"]
        shown = "".join(f',label_{label}="{told[label]}"' for label in exported if label in told)
        yield f'kube_namespace_labels{{namespace="{each["metadata"]["name"]}"{shown}}} 1'


def exported_labels(manifests: Manifests) -> list[str]:
    """The labels of Namespaces that kube-state-metrics is told to export."""
    chart = manifests.get("Application", "argocd", "kube-prometheus-stack", asked_by="the test")
    allowed = chart["spec"]["source"]["helm"]["valuesObject"]["kube-state-metrics"]["metricLabelsAllowlist"]
    [namespaces] = [each for each in allowed if each.startswith("namespaces=[")]
    return str(namespaces).removeprefix("namespaces=[").removesuffix("]").split(",")


def _used(leader: int) -> tuple[float, int]:
    """CPU seconds and resident bytes of a process and all that it started."""
    seconds, resident = 0.0, 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == leader:  # its session, which the pod's first process leads
            seconds += (int(fields[11]) + int(fields[12])) / _TICKS
            resident += int(fields[21]) * _PAGE
    return seconds, resident
