"""Declared flows, as the inventory has them."""

from __future__ import annotations

import json

import pytest

from tests.tierpolicies.network.written import index, pod, policy
from tierpolicies.network.intent.intent import FlowsError, Intent, flows
from tierpolicies.network.intent.proof import undeclared


@pytest.mark.parametrize(
    "given",
    [
        b'{"flows": [{"from": {"name": "a"}, "to": {"name": "b"}, "ports": []}]}',
        b'{"flows": [{"from": {"name": "a", "namespace": "n"}, "to": {}, "ports": ["TCP x"]}]}',
        b'{"flows": [{"from": {"name": "a", "blocks": [{"cidr": "ten"}]}, "to": {}, "ports": []}]}',
        b'{"flows": [7]}',
        b'{"flows": 7}',
    ],
)
def test_flows_in_another_form_are_told(given: bytes) -> None:
    with pytest.raises(FlowsError, match="flow"):
        flows(given)


@pytest.mark.parametrize("given", [b"", b"{}", b'{"files": {}}', b'"flows"', b"{"])
def test_an_inventory_without_flows_has_none(given: bytes) -> None:
    assert flows(given) == ()


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0"])
def test_what_opens_the_metadata_address_in_either_family_is_undeclared(cidr: str) -> None:
    rule = f"{{to: [{{ipBlock: {{cidr: '{cidr}'}}}}], ports: [{{port: 80}}]}}"
    given = index(
        pod("web"), pod("db"), policy(f"{{podSelector: {{}}, policyTypes: [Egress], egress: [{rule}]}}")
    )
    ends = [{"name": name, "namespace": "shop", "labels": {"app": name}} for name in ("web", "db")]
    held = {"flows": [{"from": ends[0], "to": ends[1], "ports": ["TCP 80"], "why": "calls"}]}
    intent = Intent(given, flows(json.dumps(held).encode()))
    opened = [
        each for each in undeclared(intent) if intent.metadata & intent.network.bits[id(each.destination)]
    ]
    assert {each.source.short_name for each in opened} == {"web", "db"}
