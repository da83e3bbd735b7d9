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

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.quantity import QuantityError, parse


@rule(each=Pod, severity=Severity.ERROR, remediation="Lower the request or raise the limit.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each request above its limit."""
    for container in pod.containers:
        for request, limit, name in _above(container["resources"]):
            told = f"requests {request.value} of {name} and is limited to {limit}"
            yield Fault(f"the container {container.name!r} {told}", pod.manifest, request)
    for request, limit, name in _above(pod.spec["resources"]):
        told = f"requests {request.value} of {name} and is limited to {limit}"
        yield Fault(f"the pod {told}", pod.manifest, request)


def _above(resources: View) -> Iterator[tuple[View, object, str]]:
    limits, requests = resources.mapping.get("limits"), resources.mapping.get("requests")
    if not isinstance(limits, dict) or not isinstance(requests, dict):
        return
    for name, request in requests.items():
        limit = limits.get(name)
        if limit is None or request is None or request == limit:
            continue
        try:
            exceeds = parse(request) > parse(limit)
        except QuantityError:
            continue  # schema/quantities reports it
        if exceeds:
            yield resources["requests"][name], limit, name
