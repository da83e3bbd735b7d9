"""An Ingress sends to a Service or a port that is not there.

## What it does
Looks up the Service of each backend in the Ingress's own namespace, and its port there by name or
number. A backend that is a resource needs no Service, and an action of the AWS load balancer the annotation
that describes it; where a chart or an operator may make the Service nothing is said.

## Why is this bad
The path answers 503. An Ingress cannot send to another namespace: a Service there does not help.

## Example
```yaml
backend: {service: {name: web, port: {number: 8080}}}   # the Service's port is 80
```

## Use instead
```yaml
backend: {service: {name: web, port: {number: 80}}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.ingress import Backend, backends
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.service_ports import Named, unserved

_ACTIONS = "alb.ingress.kubernetes.io/actions."


@rule(
    needs=("Ingress",),
    severity=Severity.ERROR,
    remediation="Name a Service of the Ingress's own namespace, and one of its ports.",
    rests_on=("Service", PODS, *BRINGERS),
    known_as=("kube-linter:dangling-ingress", "kube-score:ingress-targets-service"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each backend that leads nowhere."""
    for backend in backends(context.index):
        if backend.view["resource"]:
            continue
        if backend.is_annotation:
            yield from _without_action(backend)
        elif backend.name.text:
            named = Named(backend.ingress, backend.name, backend.port, backend.ingress.namespace, is_own=True)
            yield from unserved(context, named)
        elif not backend.name:
            yield Fault("the backend names neither a Service nor a resource", backend.ingress, backend.view)


def _without_action(backend: Backend) -> Iterator[Fault]:
    """The fault of an action of the AWS load balancer that no annotation describes."""
    annotation = f"{_ACTIONS}{backend.name.text}"
    if not backend.ingress.view.at("metadata", "annotations", annotation):
        yield Fault(f"no annotation {annotation} says what is to be done", backend.ingress, backend.name)
