"""The number that scales the workers is the number of tasks in their queue, from the broker to the HPA."""

from __future__ import annotations

import math

import amqp
import pytest

from tests.servers import manifests
from tests.servers.fixtures import running
from tests.servers.prometheus import Prometheus, Target
from tests.servers.waiting import eventually

MESSAGES = 37


@pytest.fixture
def prometheus(rabbitmq, tmp_path):
    monitor = manifests.document("PodMonitor", "rabbitmq")
    port = int(rabbitmq.metrics_url.rpartition(":")[2].partition("/")[0])
    target = Target.of(monitor, namespace="messaging", pod="rabbitmq-0", port=port)
    yield from running(Prometheus([target], tmp_path))
    rabbitmq.purge_all()


def scaler():
    """The metric that the autoscaler of the ai-worker asks for."""
    [metric] = manifests.document("HorizontalPodAutoscaler", "ai-worker")["spec"]["metrics"]
    return metric["external"]


def adapter_query(metric):
    """What prometheus-adapter asks Prometheus when an autoscaler asks it for a metric."""
    application = manifests.document("Application", "prometheus-adapter")
    rules = application["spec"]["source"]["helm"]["valuesObject"]["rules"]["external"]
    [rule] = [each for each in rules if each["name"]["as"] == metric["name"]]
    matchers = ",".join(f'{key}="{value}"' for key, value in metric["selector"]["matchLabels"].items())
    return rule["metricsQuery"].replace("<<.LabelMatchers>>", matchers)


def _publish(rabbitmq, count):
    with rabbitmq.connect() as connection:
        channel = connection.channel()
        for number in range(count):
            channel.basic_publish(amqp.Message(str(number)), "tasks", "ai.image.analyze")
        channel.basic_publish(amqp.Message("{}"), "tasks", "api.map.search")  # another queue's is not counted


def test_the_autoscaler_sees_what_the_queue_holds(rabbitmq, prometheus):
    metric = scaler()["metric"]
    _publish(rabbitmq, MESSAGES)
    with rabbitmq.connect() as worker:
        worker.channel().basic_get("q.ai")  # a task in hand counts until it is done
        query = adapter_query(metric)
        eventually(lambda: sum(prometheus.query(query).values()) == MESSAGES, "Prometheus has seen it")
        assert rabbitmq.queue_length("q.ai") == MESSAGES


def test_the_autoscaler_asks_for_as_many_pods_as_the_queue_is_long(rabbitmq, prometheus):
    metric, target = scaler()["metric"], scaler()["target"]
    _publish(rabbitmq, MESSAGES)
    eventually(lambda: sum(prometheus.query(adapter_query(metric)).values()) == MESSAGES, "it is seen")
    value = sum(prometheus.query(adapter_query(metric)).values())
    # AverageValue of an external metric: the sum, divided by the target.
    assert target["type"] == "AverageValue"
    assert math.ceil(value / float(target["averageValue"])) == 4


def test_the_adapter_lists_the_metric_from_the_series_that_there_are(rabbitmq, prometheus):
    application = manifests.document("Application", "prometheus-adapter")
    [rule] = application["spec"]["source"]["helm"]["valuesObject"]["rules"]["external"]
    found = prometheus.wait_for(rule["seriesQuery"])
    queues = {dict(labels)["queue"] for labels in found}
    assert {each["name"] for each in rabbitmq.management("/queues/%2F")} == queues
    assert all(dict(labels)["tier"] == "storage" for labels in found)
