"""Ingresses that share one AWS load balancer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, cast

import pytest

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.manifest import Manifest
from tiered.network.ingress_alb import AlbIngress, AlbNotFound
from tiered.network.load_balancer import HealthCheck, LoadBalancer
from tiered.network.route import Route, rules

HOSTS = ["app.test"]
ROUTES = [Route(path="/api/v1/waste", service="waste-service")]
PREFIX = "alb.ingress.kubernetes.io/"


def ingress(
    chart: Chart,
    *,
    targets: Literal["instance", "ip"] = "instance",
    order: int = 30,
    nodes: Mapping[str, str] | None = None,
) -> Mapping[str, str]:
    """The annotations of one Ingress, without the ones that every Ingress of the group has."""
    load_balancer = LoadBalancer(group="edge", target_type=targets)
    AlbIngress(
        chart,
        "ingress",
        name="waste",
        load_balancer=load_balancer,
        order=order,
        hosts=HOSTS,
        routes=ROUTES,
        health=HealthCheck(path="/readyz"),
        node_labels=nodes,
    )
    annotations = cast("Mapping[str, str]", chart.manifests[0].metadata["annotations"])
    common = load_balancer.annotations()
    assert common.items() <= annotations.items()
    return {name: value for name, value in annotations.items() if name not in common}


def test_instance_targets_are_the_tiers_nodes_alone(
    chart: Chart, valid: Callable[[Iterable[Manifest]], None]
) -> None:
    # WHEN
    own = ingress(chart, nodes={"tier": "async-workers", "zone": "a"})

    # THEN
    assert own == {
        "argocd.argoproj.io/sync-wave": "1",
        f"{PREFIX}group.order": "30",
        f"{PREFIX}target-node-labels": "tier=async-workers,zone=a",
        f"{PREFIX}healthcheck-path": "/readyz",
        f"{PREFIX}healthcheck-port": "traffic-port",
        f"{PREFIX}success-codes": "200",
    }
    assert chart.manifests[0].body["spec"] == {
        "ingressClassName": "alb",
        "rules": rules(hosts=HOSTS, routes=ROUTES),
    }
    valid(chart.manifests)


def test_ip_targets_are_pods_and_name_no_nodes(chart: Chart) -> None:
    own = ingress(chart, targets="ip", nodes={"tier": "async-workers"})

    assert f"{PREFIX}target-node-labels" not in own


def test_instance_targets_without_nodes_are_refused(chart: Chart) -> None:
    with pytest.raises(TieredError, match="every node becomes a target"):
        ingress(chart)


@pytest.mark.parametrize("order", [0, 1000])
def test_an_order_beside_the_range_is_refused(chart: Chart, order: int) -> None:
    with pytest.raises(TieredError, match="outside 1 to 999"):
        ingress(chart, order=order, nodes={"tier": "api"})


def test_what_nobody_serves_the_load_balancer_answers_itself_and_last(
    chart: Chart, valid: Callable[[Iterable[Manifest]], None]
) -> None:
    # WHEN
    load_balancer = LoadBalancer(group="edge", target_type="instance")
    AlbNotFound(chart, "not-found", name="not-found", load_balancer=load_balancer, hosts=HOSTS)

    # THEN the backend names the action, and its port that it is one
    (manifest,) = chart.manifests
    annotations = cast("Mapping[str, str]", manifest.metadata["annotations"])
    assert annotations[f"{PREFIX}group.order"] == "1000"
    assert json.loads(annotations[f"{PREFIX}actions.fixed-404"]) == {
        "type": "fixed-response",
        "fixedResponseConfig": {
            "contentType": "text/plain",
            "statusCode": "404",
            "messageBody": "Not found",
        },
    }
    everything = Route(path="/", service="fixed-404", port="use-annotation")
    assert manifest.body["spec"] == {
        "ingressClassName": "alb",
        "rules": rules(hosts=HOSTS, routes=[everything]),
    }
    valid(chart.manifests)
