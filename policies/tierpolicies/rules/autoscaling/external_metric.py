"""An autoscaler follows an external metric that nobody serves.

## What it does
For each External metric of a HorizontalPodAutoscaler looks for the whole chain: an external rule of
prometheus-adapter of exactly that name, with `namespaced: false` and a query that heeds the selector, and
the API it is served by. For the broker's metrics also the queue, the plugin rabbitmq_prometheus, per-object
metrics, a monitor that selects the broker's pods, and a NetworkPolicy that lets Prometheus at their port.
A metric that is not the broker's may come from an adapter that the tree does not show.

## Why is this bad
The autoscaler says FailedGetExternalMetric and never scales.

## Example
```yaml
metric: {name: rabbitmq_queue_messages}   # and no rule of that name in the adapter
```

## Use instead
```yaml
rules:
  external:
    - seriesQuery: rabbitmq_queue_messages
      resources: {namespaced: false}
      name: {as: rabbitmq_queue_messages}
      metricsQuery: max by (queue) (rabbitmq_queue_messages{<<.LabelMatchers>>})
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.external_metrics import (
    API,
    ExternalRule,
    charts,
    external_rules,
    external_servers,
)
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.messaging.broker import brokers
from tierpolicies.monitoring.broker_metrics import gaps
from tierpolicies.workloads.scaling import HORIZONTAL

_BROKER = "rabbitmq_"


@rule(
    needs=("HorizontalPodAutoscaler",),
    severity=Severity.ERROR,
    remediation="Complete the chain from the broker to the adapter.",
    rests_on=(
        "Application",
        "HelmRelease",
        "ConfigMap",
        "ServiceMonitor",
        "PodMonitor",
        "NetworkPolicy",
        "APIService",
    ),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports the missing links of each metric."""
    rules: dict[str, ExternalRule] | None = None
    for scaler in context.index.of_kind(HORIZONTAL):
        for metric in scaler.view.at("spec", "metrics"):
            name = metric.at("external", "metric", "name")
            if metric["type"].text != "External" or not name.text:
                continue
            if rules is None:
                rules = {each.name: each for each in external_rules(context.index)}
            labels = metric.at("external", "metric", "selector", "matchLabels")
            for gap in _gaps(context, name.text, labels, rules):
                yield Fault(gap, scaler, name, detail=gap)
            yield from (Fault(gap, scaler, at) for at, gap in _unknown_queue(context, name.text, labels))


def _gaps(context: Context, metric: str, labels: View, rules: dict[str, ExternalRule]) -> Iterator[str]:
    is_brokers = metric.startswith(_BROKER)
    if metric in rules:
        yield from _of_rule(rules[metric], labels)
        if not any(external_servers(context.index)):
            yield f"no APIService of the tree serves {API}"
    elif rules or is_brokers or context.platform is not None or any(charts(context.index)):
        yield f"no Application's values have a rules.external entry named {metric!r}{nearest(metric, rules)}"
    if is_brokers:
        yield from gaps(context.index)


def _of_rule(external: ExternalRule, labels: View) -> Iterator[str]:
    """What an external rule lacks to answer for a metric with some labels."""
    resources = external.view["resources"]
    is_mapped = bool(resources["overrides"] or resources["template"]) and not external.name.startswith(
        _BROKER
    )
    if resources["namespaced"].value is not False and not is_mapped:
        yield f"the external rule {external.name!r} is namespaced: set resources.namespaced false"
    query = external.view["metricsQuery"].text
    for label, value in labels.labels.items():
        if query and ".Label" not in query and not re.search(rf"\b{re.escape(label)}\s*[=!]", query):
            yield f"the query of the external rule {external.name!r} heeds no {label}: add <<.LabelMatchers>>"
        for text in (query, external.view["seriesQuery"].text):
            pinned = re.search(rf'\b{re.escape(label)}\s*=\s*"([^"]*)"', text)
            if pinned and pinned[1] != value:
                yield f"the external rule {external.name!r} is about {label} {pinned[1]!r}, not {value!r}"
                break


def _unknown_queue(context: Context, metric: str, labels: View) -> Iterator[tuple[View, str]]:
    """The queue that a metric of the broker is about, where the broker has none of that name."""
    queue = labels["queue"]
    if metric.startswith(_BROKER) and queue.text:
        known = {each.name for broker in brokers(context.index) for each in broker.queues}
        if known and queue.text not in known:
            yield queue, f"no broker has a queue {queue.text!r}{nearest(queue.text, known)}"
