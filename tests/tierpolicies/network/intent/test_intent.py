"""Declared flows, as the inventory has them."""

from __future__ import annotations

import pytest

from tierpolicies.network.intent.intent import FlowsError, flows


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
