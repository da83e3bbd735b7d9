"""Monitors for the Prometheus operator."""

from __future__ import annotations

from tiered.chart import Chart
from tiered.observability.monitors import PodMonitor, Scrape, ServiceMonitor

SCRAPE = Scrape(port="prometheus", tier="storage", interval="15s")
ENDPOINT = {
    "port": "prometheus",
    "path": "/metrics",
    "interval": "15s",
    "relabelings": [{"action": "replace", "targetLabel": "tier", "replacement": "storage"}],
}


def test_services_and_pods_are_scraped_alike_and_every_sample_names_its_tier(chart: Chart) -> None:
    # WHEN
    ServiceMonitor(chart, "services", name="rabbitmq", labels={"app": "rabbitmq"}, scrape=SCRAPE)
    PodMonitor(chart, "pods", name="ai-worker", labels={"app": "ai-worker"}, scrape=SCRAPE)

    # THEN
    services, pods = chart.manifests
    assert services.identity == ("monitoring.coreos.com", "ServiceMonitor", "waste", "rabbitmq")
    assert services.body["spec"] == {
        "selector": {"matchLabels": {"app": "rabbitmq"}},
        "endpoints": [ENDPOINT],
    }
    assert pods.identity == ("monitoring.coreos.com", "PodMonitor", "waste", "ai-worker")
    assert pods.body["spec"] == {
        "selector": {"matchLabels": {"app": "ai-worker"}},
        "podMetricsEndpoints": [ENDPOINT],
    }
    assert services.metadata["annotations"] == pods.metadata["annotations"]
    assert pods.metadata["annotations"] == {"argocd.argoproj.io/sync-wave": "1"}
