"""What Prometheus scrapes: monitors for the Prometheus operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from constructs import Construct

from tiered.component import Component
from tiered.manifest import Body, Wave

_API = "monitoring.coreos.com/v1"


@dataclass(frozen=True, kw_only=True)
class Scrape:
    """Where and how often metrics are read.

    Args:
        port: name of the Service's port, or of the pod's for a PodMonitor.
        tier: becomes the label `tier` of every sample.
        path: that answers with metrics.
        interval: a Prometheus duration.
    """

    port: str
    tier: str
    path: str = "/metrics"
    interval: str = "30s"

    def body(self) -> Body:
        tier = {"action": "replace", "targetLabel": "tier", "replacement": self.tier}
        return {"port": self.port, "path": self.path, "interval": self.interval, "relabelings": [tier]}


class ServiceMonitor(Component):
    """Scrapes every pod behind the Services with these labels in the chart's namespace."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        labels: Mapping[str, str],
        scrape: Scrape,
    ) -> None:
        super().__init__(scope, id)
        spec: Body = {"selector": {"matchLabels": dict(labels)}, "endpoints": [scrape.body()]}
        self.add(_API, "ServiceMonitor", name, wave=Wave.TRAFFIC, spec=spec)


class PodMonitor(Component):
    """Scrapes every pod with these labels, where no Service stands before it.

    Args:
        namespace: of the pods, where it is not the chart's.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        labels: Mapping[str, str],
        scrape: Scrape,
        namespace: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        spec: Body = {"selector": {"matchLabels": dict(labels)}, "podMetricsEndpoints": [scrape.body()]}
        if namespace is not None:
            spec["namespaceSelector"] = {"matchNames": [namespace]}
        self.add(_API, "PodMonitor", name, wave=Wave.TRAFFIC, spec=spec)
