"""Each Service of type LoadBalancer is a load balancer of its own.

## What it does
Reports Services of type LoadBalancer where there are two and more. The rule is optional: what is no HTTP
cannot share one.

## Why is this bad
Each is paid for by the hour, with its addresses, used or not; Ingresses and Gateways share one.

## Example
```yaml
kind: Service
spec: {type: LoadBalancer}
```

## Use instead
```yaml
kind: Service
spec: {type: ClusterIP}   # behind an Ingress
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_MANY = 2


@rule(
    needs=("Service",),
    severity=Severity.WARNING,
    remediation="Let them share one by an Ingress or a Gateway.",
    optional=True,
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each of several."""
    services = [
        each for each in context.index.of_kind("Service") if each.view["spec"]["type"].text == "LoadBalancer"
    ]
    if len(services) >= _MANY:
        for service in services:
            message = f"one of {len(services)} load balancers, each for one Service"
            yield Fault(message, service, service.view["spec"]["type"])
