"""A quantity cannot be read.

## What it does
Reports CPU, memory and storage that Kubernetes cannot parse, or that are negative, in containers'
requests and limits, overhead, volume claims, quotas and limit ranges.

## Why is this bad
The API server refuses the object; a sum over it would be wrong, so it counts as 0 in budgets.

## Example
```yaml
requests: {cpu: 100 m, memory: 1GB}
```

## Use instead
```yaml
requests: {cpu: 100m, memory: 1Gi}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.quantity import QuantityError, parse_bytes


@rule(severity=Severity.ERROR, remediation="Write a quantity such as 250m, 1.5 or 1Gi.")
def check(context: Context) -> Iterator[Fault]:
    """Reports every quantity that is none."""
    for workload in context.index.workloads:
        pod = workload.pod
        for container in workload.containers:
            yield from _resources(workload.manifest, container["resources"])
        yield from _amounts(workload.manifest, pod["overhead"])
        for claim in workload.manifest.view.at("spec", "volumeClaimTemplates"):
            yield from _resources(workload.manifest, claim.at("spec", "resources"))
    for claim_object in context.index.of_kind("PersistentVolumeClaim"):
        yield from _resources(claim_object, claim_object.view.at("spec", "resources"))
    for quota in context.index.of_kind("ResourceQuota"):
        yield from _amounts(quota, quota.view.at("spec", "hard"))
    for limit_range in context.index.of_kind("LimitRange"):
        for limit in limit_range.view.at("spec", "limits"):
            for amounts in limit.values():
                yield from _amounts(limit_range, amounts)


def _resources(manifest: Manifest, resources: View) -> Iterator[Fault]:
    for name in ("requests", "limits"):
        yield from _amounts(manifest, resources[name])


def _amounts(manifest: Manifest, amounts: View) -> Iterator[Fault]:
    for amount in amounts.values():
        if amount:
            try:
                parse_bytes(amount.value)
            except QuantityError as error:
                yield Fault(str(error), manifest, amount)
