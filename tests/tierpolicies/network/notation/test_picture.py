"""The network at a glance."""

from __future__ import annotations

import pytest

from tests.tierpolicies.network.written import index, pod, policy
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.notation.picture import INTERNET, Reach, picture


def test_a_picture_has_one_internet() -> None:
    blocks = ("10.0.0.0/8", "1.0.0.0/8", "fd00::/8", "2001:db8::/32")
    peers = ", ".join(f"{{ipBlock: {{cidr: '{each}'}}}}" for each in blocks)
    rule = f"{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{peers}]}}]}}"
    seen = picture(Network(index(pod("web"), pod("db"), policy(rule))))
    assert {each.source for each in seen.reaches if each.destination == "shop/db"} == {
        "10.0.0.0-10.255.255.255",
        "fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        INTERNET,
    }
    assert {each.source for each in seen.to_internet} == {"shop/db", "shop/web"}


@pytest.mark.parametrize(
    ("spec", "led"),
    [
        ("type: LoadBalancer", [Reach("Service web", "shop/web", "TCP 8080,UDP 53")]),
        ("type: NodePort", [Reach("Service web", "shop/web", "TCP 8080,UDP 53")]),
        ("externalIPs: [1.1.1.1]", [Reach("Service web", "shop/web", "TCP 8080,UDP 53")]),
        ("type: ClusterIP", []),
    ],
)
def test_services_that_publish_ports_lead_to_pods(spec: str, led: list[Reach]) -> None:
    ports = "[{port: 80, targetPort: web}, {name: dns, port: 53, protocol: UDP}]"
    service = f"""
{{apiVersion: v1, kind: Service, metadata: {{name: web, namespace: shop}},
 spec: {{selector: {{app: web}}, {spec}, ports: {ports}}}}}
"""
    given = index(pod("web", ports="[{name: web, containerPort: 8080}]"), pod("db"), service)
    assert list(picture(Network(given)).led) == led
