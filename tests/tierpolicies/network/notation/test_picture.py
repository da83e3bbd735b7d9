"""The network at a glance."""

from __future__ import annotations

from tests.tierpolicies.network.written import index, pod, policy
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.notation.picture import INTERNET, picture


def test_a_picture_has_one_internet() -> None:
    peers = "{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: 1.0.0.0/8}}"
    rule = f"{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{peers}]}}]}}"
    seen = picture(Network(index(pod("web"), pod("db"), policy(rule))))
    assert {each.source for each in seen.reaches if each.destination == "shop/db"} == {
        "10.0.0.0-10.255.255.255",
        INTERNET,
    }
    assert {each.source for each in seen.to_internet} == {"shop/db", "shop/web"}
