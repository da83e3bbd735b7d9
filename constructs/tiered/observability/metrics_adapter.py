"""External metrics for autoscalers, as values of the Helm chart prometheus-adapter."""

from __future__ import annotations

from collections.abc import Sequence

from tiered.errors import TieredError
from tiered.manifest import Body


def adapter_values(*, metrics: Sequence[str], prometheus_url: str, prometheus_port: int = 9090) -> Body:
    """Serve each metric of a queue, and nothing else, under its own name with the label `queue`.

    Args:
        metrics: names as the broker exports them for each queue and as the autoscalers ask for them.
        prometheus_url: without the port, for example "http://prometheus.monitoring.svc".

    Raises:
        TieredError: no metric is given: without a rule the chart makes no external metrics API.
    """
    if not metrics:
        raise TieredError("prometheus-adapter has no metric to serve: leave the component out, or name one")
    return {
        "prometheus": {"url": prometheus_url, "port": prometheus_port},
        "rules": {"default": False, "external": [_rule(metric) for metric in metrics]},
    }


def _rule(metric: str) -> Body:
    # Only the queue's leader exports it, so that any sum over the broker's pods would do; but for a
    # scrape after a change of leaders both are there, and a sum would count the queue twice.
    # Queues of one name in two vhosts or brokers are two, and the autoscaler adds them up.
    query = f"max by (namespace, vhost, queue) ({metric}{{<<.LabelMatchers>>}})"
    return {
        "seriesQuery": f'{metric}{{queue!=""}}',
        "resources": {"namespaced": False},  # the autoscaler asks from another namespace than the broker's
        "name": {"as": metric},
        "metricsQuery": query,
    }
