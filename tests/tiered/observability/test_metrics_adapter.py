"""External metrics for autoscalers."""

from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.observability.metrics_adapter import adapter_values


def test_a_queue_metric_is_served_to_every_namespace_under_its_own_name() -> None:
    values = adapter_values(
        metrics=["rabbitmq_queue_messages"], prometheus_url="http://prometheus-operated.monitoring.svc"
    )

    assert values == {
        "prometheus": {"url": "http://prometheus-operated.monitoring.svc", "port": 9090},
        "rules": {
            "default": False,
            "external": [
                {
                    "seriesQuery": 'rabbitmq_queue_messages{queue!=""}',
                    "resources": {"namespaced": False},
                    "name": {"as": "rabbitmq_queue_messages"},
                    "metricsQuery": (
                        "max by (namespace, vhost, queue) (rabbitmq_queue_messages{<<.LabelMatchers>>})"
                    ),
                }
            ],
        },
    }


def test_without_a_metric_the_adapter_has_no_use() -> None:
    with pytest.raises(TieredError, match="leave the component out"):
        adapter_values(metrics=[], prometheus_url="http://prometheus")
