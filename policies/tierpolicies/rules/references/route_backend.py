"""A route of the Gateway API sends to a Service or a port that is not there.

## What it does
Looks up the Service and the port of each backend of HTTPRoutes, GRPCRoutes, TLSRoutes, TCPRoutes and
UDPRoutes. A Service of another namespace also needs a ReferenceGrant there; where a chart or an operator may
make what is missing nothing is said.

## Why is this bad
The gateway answers 500 to what the backend should get.

## Example
```yaml
backendRefs: [{name: web, port: 8080}]   # the Service's port is 80
```

## Use instead
```yaml
backendRefs: [{name: web, port: 80}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.service_ports import Named, unserved

_ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")


@rule(
    needs=_ROUTES,
    severity=Severity.ERROR,
    remediation="Name a Service and one of its ports; grant the reference where it is in another namespace.",
    rests_on=("Service", "ReferenceGrant", PODS, *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each backend that leads nowhere."""
    for route in context.index.of_kind(*_ROUTES):
        for entry in route.view.at("spec", "rules"):
            mirrors = [each.at("requestMirror", "backendRef") for each in entry["filters"]]
            for backend in (*entry["backendRefs"], *mirrors):
                if backend["name"].text and _is_service(backend):
                    yield from _faults(context, route, backend)


def _is_service(backend: View) -> bool:
    return not backend["group"].text and backend["kind"].text in ("", "Service")


def _faults(context: Context, route: Manifest, backend: View) -> Iterator[Fault]:
    home = route.namespace or DEFAULT_NAMESPACE
    there = backend["namespace"].text or home
    yield from unserved(context, Named(route, backend["name"], backend["port"], there))
    is_known = context.index.find("Service", backend["name"].text, there) is not None
    if there == home or not is_known or context.outside.reaches(there, "ReferenceGrant"):
        return
    if not _is_granted(context, route, there, backend["name"].text):
        message = f"no ReferenceGrant in {there} lets a {route.kind} of {home} use the Service"
        yield Fault(message, route, backend["namespace"])


def _is_granted(context: Context, route: Manifest, there: str, service: str) -> bool:
    for grant in context.index.of_kind("ReferenceGrant"):
        if (grant.namespace or DEFAULT_NAMESPACE) != there:
            continue
        spec = grant.view["spec"]
        admits = any(
            each["kind"].text == route.kind
            and each["namespace"].text == (route.namespace or DEFAULT_NAMESPACE)
            for each in spec["from"]
        )
        if admits and any(
            each["kind"].text == "Service" and each["name"].text in ("", service) for each in spec["to"]
        ):
            return True
    return False
