"""A route of the Gateway API hangs on a gateway that does not take it.

## What it does
Looks up the Gateway of each route where its namespace has Gateways in the tree, the listener that
`sectionName` or `port` names, and whether a listener admits routes of the route's namespace: by default
only those of its own.

## Why is this bad
The route is never attached: its hosts answer 404.

## Example
```yaml
parentRefs: [{name: public, namespace: gateways}]   # whose listeners admit namespace Same
```

## Use instead
```yaml
kind: Gateway
spec: {listeners: [{name: http, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: All}}}]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.rule import rule
from tierpolicies.engine.selector import unmet
from tierpolicies.engine.suggestion import nearest

_ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
_GROUP = "gateway.networking.k8s.io"
_NAME = "kubernetes.io/metadata.name"


@rule(
    needs=_ROUTES,
    severity=Severity.ERROR,
    remediation="Name a Gateway and a listener that there is, and let it admit the route's namespace.",
    rests_on=("Gateway", "Namespace"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each parent that is missing or does not admit the route."""
    gateways = [each for each in context.index.of_kind("Gateway") if each.group == _GROUP]
    if not gateways:
        return
    for route in context.index.of_kind(*_ROUTES):
        for parent in route.view.at("spec", "parentRefs"):
            if parent["name"].text and parent["kind"].text in ("", "Gateway"):
                yield from _faults(context, route, parent, gateways)


def _faults(context: Context, route: Manifest, parent: View, gateways: list[Manifest]) -> Iterator[Fault]:
    there = parent["namespace"].text or route.namespace or DEFAULT_NAMESPACE
    known = {each.name: each for each in gateways if (each.namespace or DEFAULT_NAMESPACE) == there}
    gateway, name = known.get(parent["name"].text), parent["name"]
    if gateway is None:
        if known:
            yield Fault(
                f"there is no Gateway {name.text!r} in {there}{nearest(name.text, known)}", route, name
            )
        return
    listeners = list(gateway.view.at("spec", "listeners"))
    section, port = parent["sectionName"], parent["port"].integer
    chosen = [
        each
        for each in listeners
        if section.text in ("", each["name"].text) and port in (None, each["port"].integer)
    ]
    if not chosen:
        at = section if section.text else parent["port"]
        hint = nearest(section.text, [each["name"].text for each in listeners]) if section.text else ""
        yield Fault(f"the Gateway {gateway.name} has no listener {at.value!r}{hint}", route, at)
    elif not any(_admits(context, each, gateway, route) for each in chosen):
        home = route.namespace or DEFAULT_NAMESPACE
        yield Fault(f"no listener of the Gateway {gateway.name} admits routes of {home}", route, parent)


def _admits(context: Context, listener: View, gateway: Manifest, route: Manifest) -> bool:
    allowed = listener.at("allowedRoutes", "namespaces")
    home = route.namespace or DEFAULT_NAMESPACE
    match allowed["from"].text or "Same":
        case "Same":
            return home == (gateway.namespace or DEFAULT_NAMESPACE)
        case "Selector":
            namespace = context.index.find("Namespace", home)
            labels = {**namespace.labels, _NAME: home} if namespace is not None else None
            return labels is None or not any(unmet(allowed["selector"], labels))
        case _:
            return True
