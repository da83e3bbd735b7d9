"""A container requests more of a resource than its limit.

## What it does
Compares each request with the limit of the same resource, in containers, init containers and
sidecars, and in a pod's own resources.

## Why is this bad
The API server refuses the pod: a Deployment is accepted, and never gets a pod.

## Example
```yaml
resources: {requests: {memory: 1Gi}, limits: {memory: 512Mi}}
```

## Use instead
```yaml
resources: {requests: {memory: 512Mi}, limits: {memory: 512Mi}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.quantity import QuantityError, parse


@rule(severity=Severity.ERROR, remediation="Lower the request or raise the limit.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each request above its limit."""
    for workload in context.index.workloads:
        for each in (*workload.containers, workload.pod):
            limits = each.at("resources", "limits")
            for name, request in each.at("resources", "requests").items():
                limit = limits[name]
                try:
                    exceeds = bool(request and limit) and parse(request.value) > parse(limit.value)
                except QuantityError:
                    continue  # schema/quantities reports it
                if exceeds:
                    who = f"the container {each['name'].text!r}" if each["name"] else "the pod"
                    message = f"{who} requests {request.value} of {name} and is limited to {limit.value}"
                    yield Fault(message, workload.manifest, request)
