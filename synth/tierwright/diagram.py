"""Tiers with what runs in them, and the declared flows between, as Mermaid text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tierwright.compose.endpoints import Endpoint, endpoints
from tierwright.compose.flows import Flow, flows
from tierwright.compose.plan import Plan

# What is true of everything is left out of a picture: scraping, and Jobs that run before a sync.
_EVERYWHERE = frozenset({"scrapes", "sets up roles", "calls a webhook of"})


def mermaid(plan: Plan) -> str:
    """A flowchart with a box a tier; an arrow a declared flow, with its pod ports."""
    drawn = [flow for flow in flows(plan) if flow.reason not in _EVERYWHERE]
    ends = {end.name for flow in drawn for end in (flow.source, flow.target)}
    known = endpoints(plan)
    return "\n".join(["flowchart LR", *_tiers(plan, known.values()), *_outside(drawn, ends), *_arrows(drawn)])


def _tiers(plan: Plan, known: Iterable[Endpoint]) -> Iterator[str]:
    inhabitants = [each for each in known if each.namespace is not None]
    for name, tier in sorted(plan.platform.tiers.items(), key=lambda item: item[1].number):
        yield f'  subgraph {_id(f"tier {name}")}["{tier.number} {name}"]'
        for each in inhabitants:
            if each.namespace in tier.namespaces:
                yield f'    {_id(each.name)}["{each.namespace}/{each.name}"]'
        yield "  end"


def _outside(drawn: Iterable[Flow], ends: set[str]) -> Iterator[str]:
    outside = {end.name for flow in drawn for end in (flow.source, flow.target) if end.namespace is None}
    for name in sorted(outside & ends):
        yield f'  {_id(name)}(["{name}"])'


def _arrows(drawn: Iterable[Flow]) -> Iterator[str]:
    for flow in drawn:
        ports = ", ".join(str(port) for port in flow.ports)
        yield f'  {_id(flow.source.name)} -->|"{ports}"| {_id(flow.target.name)}'


def _id(name: str) -> str:
    return re.sub(r"\W", "_", name)
