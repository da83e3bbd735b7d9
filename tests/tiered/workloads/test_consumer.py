from __future__ import annotations

from tiered.workloads.autoscaling import Replicas
from tiered.workloads.consumer import Consumer


def test_a_consumer_is_a_deployment_with_a_health_port(chart, made, program, placement):
    # GIVEN
    Consumer(chart, "dlq-collector", program=program("collect"), placement=placement, grace_seconds=45)
    # WHEN
    objects = made()
    # THEN
    assert list(objects) == ["ServiceAccount", "Deployment"]
    spec = objects["Deployment"]["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    pod = spec["template"]["spec"]
    assert spec["template"]["metadata"]["labels"]["app.kubernetes.io/component"] == "consumer"
    assert pod["terminationGracePeriodSeconds"] == 45
    [container] = pod["containers"]
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "metrics"}


def test_two_consumers_have_a_budget(chart, made, program, placement):
    Consumer(chart, "collector", program=program(), placement=placement, replicas=Replicas(minimum=2))

    assert list(made()) == ["ServiceAccount", "Deployment", "PodDisruptionBudget"]
