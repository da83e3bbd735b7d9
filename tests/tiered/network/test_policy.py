from __future__ import annotations

from typing import Any

import pytest

from tiered.network.flow import Allow, BlockPeer, NamespacePeer, PodPeer, Port
from tiered.network.policy import NamespaceIsolation, WorkloadPolicy
from tiered.origin import Origin, Whole, origin_of

AMQP = Port(number=5672)
METRICS = Port(number=15692)


def test_a_namespace_is_closed_in_both_directions_but_for_names(chart, valid):
    # GIVEN
    NamespaceIsolation(chart, "isolation")
    # WHEN
    deny, dns = (manifest.body for manifest in chart.manifests)
    # THEN
    valid(chart.manifests)
    assert deny["metadata"]["name"] == "default-deny"
    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert dns["metadata"]["name"] == "allow-dns"
    assert dns["spec"] == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
                "ports": [{"protocol": "TCP", "port": 53}, {"protocol": "UDP", "port": 53}],
            }
        ],
    }


def test_every_kind_of_peer_in_its_minimal_form(chart, valid):
    # GIVEN
    WorkloadPolicy(
        chart,
        "storage-isolation",
        pods={"app": "rabbitmq"},
        ingress=[
            Allow(peers=[NamespacePeer(labels={"tier": "sync-api"})], ports=[AMQP]),
            Allow(peers=[PodPeer(labels={"app": "dlq-collector"}, namespace="waste")], ports=[AMQP]),
            Allow(peers=[PodPeer(labels={"app": "prometheus"}, namespace="monitoring")], ports=[METRICS]),
            Allow(peers=[NamespacePeer(name="ops")], ports=[Port(number=4369), AMQP]),
            Allow(peers=[BlockPeer(cidr="10.0.0.0/16", except_=["10.0.9.0/24"])],
                  ports=[Port(number=30000, last=30010, protocol="UDP")]),
        ],
    )  # fmt: skip
    # WHEN
    [manifest] = chart.manifests
    # THEN
    valid([manifest])
    assert manifest.body["spec"] == {
        "podSelector": {"matchLabels": {"app": "rabbitmq"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {
                "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ops"}}}],
                "ports": [{"protocol": "TCP", "port": 4369}, {"protocol": "TCP", "port": 5672}],
            },
            {
                "from": [
                    {"namespaceSelector": {"matchLabels": {"tier": "sync-api"}}},
                    {"podSelector": {"matchLabels": {"app": "dlq-collector"}}},
                ],
                "ports": [{"protocol": "TCP", "port": 5672}],
            },
            {
                "from": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
                        "podSelector": {"matchLabels": {"app": "prometheus"}},
                    }
                ],
                "ports": [{"protocol": "TCP", "port": 15692}],
            },
            {
                "from": [{"ipBlock": {"cidr": "10.0.0.0/16", "except": ["10.0.9.0/24"]}}],
                "ports": [{"protocol": "UDP", "port": 30000, "endPort": 30010}],
            },
        ],
    }


@pytest.mark.parametrize("backwards", [False, True])
def test_neither_order_nor_repetition_of_flows_shows(chart, backwards):
    # GIVEN
    broker, store = (
        PodPeer(labels={"app": "rabbitmq"}, namespace="messaging"),
        PodPeer(labels={"app": "redis"}),
    )
    flows = [
        Allow(peers=[broker], ports=[METRICS]),
        Allow(peers=[broker, store], ports=[AMQP]),
        Allow(peers=[store], ports=[AMQP, METRICS]),
        Allow(peers=[PodPeer(labels={"app": "redis"}, namespace="waste")], ports=[AMQP]),
    ]
    # WHEN
    policy = WorkloadPolicy(chart, "p", pods={"app": "a"}, egress=flows[::-1] if backwards else flows)
    # THEN one rule is enough: both peers have both ports, and "waste" is the policy's own namespace
    spec: Any = policy.chart.manifests[0].body["spec"]
    assert spec["egress"] == [
        {
            "to": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "messaging"}},
                    "podSelector": {"matchLabels": {"app": "rabbitmq"}},
                },
                {"podSelector": {"matchLabels": {"app": "redis"}}},
            ],
            "ports": [{"protocol": "TCP", "port": 5672}, {"protocol": "TCP", "port": 15692}],
        }
    ]


def test_a_port_remembers_the_line_that_declared_it(chart):
    origin = Origin("platform.yaml", 12)
    flow = Allow(peers=[PodPeer(labels={"app": "redis"})], ports=[Port(number=Whole(6379, origin))])

    WorkloadPolicy(chart, "p", pods={"app": "a"}, egress=[flow])

    assert origin_of(chart.manifests[0].body["spec"]["egress"][0]["ports"][0]["port"]) == origin
