"""A container asks for a device or another extended resource in a way that cannot be shared out.

## What it does
Checks resources with a domain, such as nvidia.com/gpu, and huge pages: their limit must be there, the
request must equal it where it is written, and the amount of a device must be a whole number.

## Why is this bad
The API server refuses the pod: such things are not lent to more pods than there are.

## Example
```yaml
resources: {requests: {nvidia.com/gpu: 1}}
```

## Use instead
```yaml
resources: {limits: {nvidia.com/gpu: 1}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.quantity import QuantityError, parse


@rule(
    each=Container,
    severity=Severity.ERROR,
    remediation="Write the amount as a limit; a request beside it must be the same.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each such resource that is lent."""
    resources = container["resources"]
    requests, limits = resources["requests"], resources["limits"]
    for name, request in requests.items():
        if _is_lent(name):
            continue
        limit = limits[name]
        if not limit:
            yield Fault(f"{name} is requested without a limit", container.manifest, request)
        elif _differ(request, limit):
            message = f"the request of {request.value} {name} differs from the limit of {limit.value}"
            yield Fault(message, container.manifest, request)
    for name, limit in limits.items():
        if "/" in name and _is_broken(limit):
            yield Fault(f"{limit.value} of {name} is not a whole number", container.manifest, limit)


def _is_lent(name: str) -> bool:
    """Whether a resource may be promised to more containers than it suffices for."""
    return "/" not in name and not name.startswith("hugepages-")


def _differ(request: View, limit: View) -> bool:
    try:
        return parse(request.value) != parse(limit.value)
    except QuantityError:
        return False  # schema/quantities reports it


def _is_broken(amount: View) -> bool:
    try:
        return parse(amount.value).denominator != 1
    except QuantityError:
        return False
