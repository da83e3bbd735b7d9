"""What Prometheus would scrape: the endpoints that the PodMonitors name."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.e2e.manifests import ManifestError, Manifests, told
from tests.e2e.pod import Pod


@dataclass(frozen=True)
class Scrape:
    """The samples of one pod."""

    pod: Pod
    samples: Sequence[Sample]

    def sum(self, name: str, **labels: str) -> float:
        """The sum of the samples of this name that carry these labels."""
        return sum(
            each.value for each in self.samples if each.name == name and labels.items() <= each.labels.items()
        )

    @property
    def names(self) -> set[str]:
        return {each.name for each in self.samples}


def scrape(manifests: Manifests, pods: Sequence[Pod]) -> Iterator[Scrape]:
    """Scrape every pod by its PodMonitor.

    Raises:
        ManifestError: a pod that has metrics has no PodMonitor, or its port or path is wrong.
    """
    for pod in pods:
        monitors = [
            each
            for each in manifests.of("PodMonitor", namespace=pod.namespace)
            if each["spec"]["selector"]["matchLabels"].items() <= pod.labels.items()
        ]
        if len(monitors) != 1:
            message = f"{pod.owner} is selected by {len(monitors)} PodMonitors"
            raise ManifestError(message)
        for endpoint in monitors[0]["spec"]["podMetricsEndpoints"]:
            port = pod.port(endpoint["port"])
            if port is None:
                message = f"{told(monitors[0])} scrapes port {endpoint['port']}, which {pod.owner} has not"
                raise ManifestError(message)
            url = f"http://127.0.0.1:{port}{endpoint['path']}"
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    text = answer.read().decode()
            except OSError as error:
                message = f"{told(monitors[0])}: {endpoint['path']} of {pod.owner}: {error}"
                raise ManifestError(message) from error
            families = text_string_to_metric_families(text)
            yield Scrape(pod, [sample for family in families for sample in family.samples])
