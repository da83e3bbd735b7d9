"""Tiers with what runs in them, and the declared flows between, as Mermaid text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tierwright.compose.endpoints import endpoints
from tierwright.compose.flows import Flow, flows
from tierwright.compose.plan import Plan

# What is true of everything is left out of a picture: scraping, and Jobs that run before a sync.
_EVERYWHERE = frozenset({"scrapes", "sets up roles", "calls a webhook of"})

# Words of Mermaid's flowcharts (its flow.jison): as a node's whole name they break the picture.
_KEYWORDS = frozenset(
    {
        *("call", "class", "classdef", "click", "default", "direction", "end", "flowchart", "graph"),
        *("href", "interpolate", "linkstyle", "style", "subgraph", "v"),
    }
)


def mermaid(plan: Plan) -> str:
    """A flowchart with a box a tier; an arrow a declared flow, with its pod ports."""
    drawn = [flow for flow in flows(plan) if flow.reason not in _EVERYWHERE]
    outside = {end.name for flow in drawn for end in (flow.source, flow.target) if end.namespace is None}
    tiers = (_tier(name) for name in plan.platform.tiers)
    ids = identifiers([*tiers, *endpoints(plan), *sorted(outside - endpoints(plan).keys())])
    return "\n".join(
        ["flowchart LR", *_tiers(plan, ids), *_outside(sorted(outside), ids), *_arrows(drawn, ids)]
    )


def identifiers(names: Iterable[str]) -> Mapping[str, str]:
    """A Mermaid identifier for each name, set apart from all others and from keywords by underscores."""
    found: dict[str, str] = {}
    taken = set(_KEYWORDS)
    for name in names:
        identifier = re.sub(r"\W", "_", name, flags=re.ASCII)
        while identifier.lower() in taken:
            identifier += "_"
        taken.add(identifier.lower())
        found[name] = identifier
    return found


def _tier(name: str) -> str:
    return f"tier {name}"  # no endpoint that people name holds a space


def _tiers(plan: Plan, ids: Mapping[str, str]) -> Iterator[str]:
    inhabitants = [each for each in endpoints(plan).values() if each.namespace is not None]
    for name, tier in sorted(plan.platform.tiers.items(), key=lambda item: item[1].number):
        yield f'  subgraph {ids[_tier(name)]}["{tier.number} {name}"]'
        for each in inhabitants:
            if each.namespace in tier.namespaces:
                yield f'    {ids[each.name]}["{each.namespace}/{each.name}"]'
        yield "  end"


def _outside(names: Iterable[str], ids: Mapping[str, str]) -> Iterator[str]:
    for name in names:
        yield f'  {ids[name]}(["{name}"])'


def _arrows(drawn: Iterable[Flow], ids: Mapping[str, str]) -> Iterator[str]:
    for flow in drawn:
        ports = ", ".join(str(port) for port in flow.ports)
        yield f'  {ids[flow.source.name]} -->|"{ports}"| {ids[flow.target.name]}'
