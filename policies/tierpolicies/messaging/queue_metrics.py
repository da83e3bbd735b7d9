"""What alerts say of queues, by RabbitMQ's metrics."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index

_QUEUE = re.compile(r"""rabbitmq_\w+\{[^}]*\bqueue="([^"]+)\"""")
_THRESHOLD = re.compile(
    r"""(rabbitmq_queue_messages(?:_ready)?)\{[^}]*\bqueue="([^"]+)"[^}]*\}\)?\s*>=?\s*(\d+)"""
)


class QueueAlert(NamedTuple):
    """An alert that fires when a queue holds more than some messages."""

    manifest: Manifest
    rule: View
    metric: str
    queue: str
    figure: int

    @property
    def name(self) -> str:
        """What the alert is called."""
        return self.rule["alert"].text


def queue_alerts(index: Index) -> Iterator[QueueAlert]:
    """The alerts on the number of messages of one queue."""
    for manifest, rule in alert_rules(index):
        found = _THRESHOLD.search(rule["expr"].text)
        if found and rule["alert"].text:
            yield QueueAlert(manifest, rule, found[1], found[2], int(found[3]))


def watched_queues(index: Index) -> Iterator[tuple[Manifest, View, str]]:
    """The queues that alerts and recording rules name, each with the value that does."""
    for manifest, rule in alert_rules(index):
        for name in dict.fromkeys(_QUEUE.findall(rule["expr"].text)):
            yield manifest, rule["expr"], name


def alert_rules(index: Index) -> Iterator[tuple[Manifest, View]]:
    """Every rule of every PrometheusRule, alerts and recording rules alike."""
    for manifest in index.of_kind("PrometheusRule"):
        for group in manifest.view.at("spec", "groups"):
            for rule in group["rules"]:
                yield manifest, rule
