"""The picture is valid Mermaid, and says everything that the description declares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tierwright.compose.flows import flows
from tierwright.diagram import identifiers, mermaid

if TYPE_CHECKING:
    from tierwright.compose.plan import Plan

KEYWORDS = ["end", "graph", "subgraph", "style", "class", "default", "click"]
names = st.lists(
    st.one_of(st.sampled_from([*KEYWORDS, "tier a", "tier-a"]), st.text("aA.-_ 1", min_size=1)), unique=True
)


@given(names=names)
def test_identifiers_are_unique_and_never_a_keyword(names: list[str]) -> None:
    found = identifiers(names)
    assert list(found) == names
    assert len({each.lower() for each in found.values()}) == len(names)
    assert all(re.fullmatch(r"\w+", each) for each in found.values())
    assert not set(found.values()) & set(KEYWORDS)


def test_a_name_that_is_no_keyword_keeps_its_letters() -> None:
    assert identifiers(["catalog-api", "catalog.api", "end"]) == {
        "catalog-api": "catalog_api",
        "catalog.api": "catalog_api_",
        "end": "end_",
    }


def test_every_flow_is_drawn_with_all_of_its_ports(prod: Plan) -> None:
    drawn = mermaid(prod)
    labels = dict(re.findall(r'(\w+)(?:\["|\(\[")([^"]+)"', drawn))
    arrows = {
        (labels[source].rpartition("/")[2], ports, labels[target].rpartition("/")[2])
        for source, ports, target in re.findall(r'(\w+) -->\|"(.*)"\| (\w+)', drawn)
    }
    left_out = {"scrapes", "sets up roles", "calls a webhook of"}
    declared = {
        (flow.source.name, ", ".join(map(str, flow.ports)), flow.target.name)
        for flow in flows(prod)
        if flow.reason not in left_out
    }
    assert arrows == declared
    assert any("," in ports for _, ports, _ in arrows), "a flow with several ports is among them"


def test_a_workload_called_like_a_keyword_or_a_tier_is_a_node_of_its_own(prod: Plan) -> None:
    found = identifiers(["tier control", "tier-control", "tier.control", "end"])
    assert len(set(found.values())) == 4
    drawn = mermaid(prod)
    nodes = re.findall(r'^ *(?:subgraph )?(\w+)(?:\["|\(\[")', drawn, re.MULTILINE)
    assert len(nodes) == len(set(nodes))
