"""Real TCP connections between network namespaces: they succeed and fail as the analyzer tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tierpolicies.network.wire import Host, Wire, why_not
from tierpolicies.documents.reader import read, read_files
from tierpolicies.engine.index import Index
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.intent.intent import Intent, flows
from tierpolicies.network.policies.addresses import address
from tierpolicies.network.topology.endpoints import Endpoint

DIST = Path(__file__).parents[3] / "dist" / "prod"
NEVER = 9999
"""A port on which everybody listens, and that nobody declares."""
HANDFUL = """
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
spec:
  containers: [{name: cart, ports: [{name: http, containerPort: 8081}, {name: admin, containerPort: 8090}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: store, labels: {app: db}}
spec: {containers: [{name: db, ports: [{name: sql, containerPort: 5432}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: free, namespace: lab, labels: {app: free}}
spec: {containers: [{name: free, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}]
      ports: [{port: http}]
  egress:
    - to: [{podSelector: {}}]
      ports: [{port: http}, {port: 8085, endPort: 8095}]
    - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16, 192.168.0.0/16]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart, namespace: shop}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: [cart]}]}
  ingress:
    - from:
        - podSelector: {matchLabels: {app: web}}
        - namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}
      ports: [{port: admin}, {port: 8081}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: store}
spec:
  podSelector: {}
  ingress:
    - from: [{namespaceSelector: {matchLabels: {team: shop}}, podSelector: {matchLabels: {app: cart}}}]
"""
OUTSIDE = ("203.0.113.10", "203.0.113.200", "169.254.169.254", "10.0.1.10")


@pytest.fixture(autouse=True)
def permitted() -> None:
    reason = why_not()
    if reason:
        pytest.skip(f"real packets cannot be sent here: {reason}")


def hosts(network: Network, outside: Sequence[str]) -> tuple[list[Host], dict[str, Endpoint]]:
    """A host for each workload, and for some addresses outside; the endpoints of the former by name."""
    found, endpoints = [], {}
    ports = sorted(
        {port.first for each in network.workloads for port in each.listening if port.protocol == "TCP"}
    )
    for number, each in enumerate(network.workloads):
        listed = [
            {"name": name, "protocol": port.protocol, "containerPort": port.first}
            for name, port in each.ports.items()
        ]
        pod = {
            "metadata": {"namespace": each.namespace, "labels": dict(each.labels)},
            "spec": {"containers": [{"ports": listed}]},
        }
        own = tuple(sorted({port.first for port in each.listening if port.protocol == "TCP"} | {NEVER}))
        found.append(Host(each.name, f"192.168.{number // 200}.{number % 200 + 2}", own or tuple(ports), pod))
        endpoints[each.name] = each
    found += (Host(each, each, (443, NEVER)) for each in outside)
    return found, endpoints


def told(network: Network, source: Host, destination: Host, endpoints: dict[str, Endpoint]) -> Iterator[int]:
    """The ports of a host that the analyzer says another reaches."""
    ends = [
        endpoints.get(host.name) or piece(network, host.address, is_source=host is source)
        for host in (source, destination)
    ]
    allowed = network.allowed(ends[0], ends[1])
    return (port for port in destination.ports if allowed & network.space.of("TCP", port))


def piece(network: Network, text: str, *, is_source: bool) -> Endpoint:
    outer = network.sources_outside if is_source else network.destinations_outside
    pieces = (each for each in network.endpoints if network.bits[id(each)] & outer)
    return next(each for each in pieces if each.block is not None and each.block.holds(address(text)))


def assert_as_told(network: Network, policies: list[Any], outside: Sequence[str]) -> None:
    everyone, endpoints = hosts(network, outside)
    with Wire(everyone, policies, network.namespaces) as wire:
        for source in everyone:
            others = [
                each
                for each in everyone
                if each is not source and (source.pod is not None or each.pod is not None)
            ]
            expected = {
                (each.name, port) for each in others for port in told(network, source, each, endpoints)
            }
            wanted = [(each, port) for each in others for port in each.ports]
            assert wire.connects(source, wanted) == expected, source.name


def test_a_handful_of_policies() -> None:
    network = Network(Index(read_files({"all.yaml": HANDFUL.encode()}).manifests))
    policies = [each for each in yaml.safe_load_all(HANDFUL) if each["kind"] == "NetworkPolicy"]
    assert_as_told(network, policies, OUTSIDE)


def test_the_shipped_platform() -> None:
    intent = Intent(Index(read(DIST).manifests), flows((DIST / "index.json").read_bytes()))
    policies = [yaml.safe_load(file.read_text()) for file in sorted(DIST.rglob("NetworkPolicy-*.yaml"))]
    assert len(policies) > 50
    assert_as_told(intent.network, policies, OUTSIDE)
