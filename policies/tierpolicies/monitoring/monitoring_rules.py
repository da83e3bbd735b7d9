"""Alerts and recording rules of PrometheusRules."""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index

MONITORS = {"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"}
"""The monitors of the Prometheus operator, and where they say what they scrape."""


class MonitoringRule(NamedTuple):
    """A rule, the group that it is in and the object that holds it."""

    manifest: Manifest
    group: View
    view: View

    @property
    def alert(self) -> str:
        """What the alert is called; empty for a recording rule."""
        return self.view["alert"].text

    @property
    def record(self) -> str:
        """The name that a recording rule gives; empty for an alert."""
        return self.view["record"].text


def rules_of(manifest: Manifest) -> Iterator[MonitoringRule]:
    """The rules of a PrometheusRule."""
    for group in manifest.view.at("spec", "groups"):
        for view in group["rules"]:
            yield MonitoringRule(manifest, group, view)


def monitoring_rules(index: Index) -> Iterator[MonitoringRule]:
    """The rules of all PrometheusRules."""
    for manifest in index.of_kind("PrometheusRule"):
        yield from rules_of(manifest)
