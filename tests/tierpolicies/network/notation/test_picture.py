"""The network at a glance."""

from __future__ import annotations

from tests.tierpolicies.network.written import index, pod, policy
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.notation.picture import INTERNET, picture


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
