"""Policies admit what nobody declares.

## What it does
Takes what the policies of both sides let through, and from it the flows that the inventory beside the files
declares, `index.json`: what is left nobody asked for. It is an error from tier to tier, from outside and to
the metadata address, else a warning.

## Why is this bad
Each open port that nothing needs is one more way from a captured pod to the next.

## Example
```yaml
ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 5432}]}]   # of a database with one client
```

## Use instead
```yaml
ingress:
  - from:
      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
        podSelector: {matchLabels: {app: cart}}
    ports: [{port: 5432}]
```
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tierpolicies.engine.context import FLOWS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.network.intent.intent import intent_of
from tierpolicies.network.intent.proof import Undeclared, undeclared
from tierpolicies.network.topology.endpoints import Endpoint
from tierpolicies.platform import Platform

_SHOWN = 3


@rule(
    needs=(FLOWS,),
    severity=Severity.WARNING,
    remediation="Narrow the rule to the flows that are declared, or declare the flow.",
    rests_on=("NetworkPolicy", "Namespace"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each rule that opens more than is declared, once for each kind of ports."""
    intent = intent_of(context)
    if intent is None:
        return
    found: dict[tuple[int, int, bool, Severity], list[Undeclared]] = defaultdict(list)
    for each in undeclared(intent):
        is_metadata = bool(intent.network.bits[id(each.destination)] & intent.metadata)
        severity = Severity.ERROR if is_metadata else _severity(each, context.platform)
        found[id(each.entry), each.ports, is_metadata, severity].append(each)
    for (_, ports, is_metadata, severity), pairs in found.items():
        policy, entry = pairs[0].policy, pairs[0].entry
        open_ = intent.network.space.text(ports)
        told = f"{_told(pairs)}{', the metadata address,' if is_metadata else ''}"
        message = f"{told} on {open_}, which nothing declares"
        detail = f"{severity} {open_} {is_metadata}"
        yield Fault(message, policy.manifest, entry.view, detail=detail, severity=severity)


def _severity(each: Undeclared, platform: Platform | None) -> Severity:
    if each.source.is_outside:
        return Severity.ERROR
    tiers = [_tier(end, platform) for end in (each.source, each.destination)]
    return Severity.ERROR if None not in tiers and tiers[0] != tiers[1] else Severity.WARNING


def _tier(end: Endpoint, platform: Platform | None) -> str | None:
    tiers = platform.tiers if platform is not None else ()
    return next((tier.name for tier in tiers if end.namespace in tier.namespaces), None)


def _told(pairs: Sequence[Undeclared]) -> str:
    told = [f"{_name(each.source)} can reach {_name(each.destination)}" for each in pairs]
    more = len(told) - _SHOWN
    return ", ".join(told[:_SHOWN]) + (f" and {more} more pairs can talk" if more > 0 else "")


def _name(end: Endpoint) -> str:
    if end.block is None:
        return f"{end.namespace}/{end.short_name}"
    first, _, last = str(end.block).partition("-")
    return first if first == last else f"{first}-{last}"
