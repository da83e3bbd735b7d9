"""A Service claims addresses that are not the cluster's.

## What it does
Reports `externalIPs`.

## Why is this bad
Every node sends what goes to such an address to the Service, whoever the address belongs to: it takes
in the traffic of others, and nothing asks whether it may (CVE-2020-8554).

## Example
```yaml
spec: {externalIPs: [203.0.113.7]}
```

## Use instead
```yaml
spec: {type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Service",),
    severity=Severity.WARNING,
    remediation="Remove externalIPs, and use a load balancer or an Ingress.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each such address."""
    if not manifest.group:
        for address in manifest.view.at("spec", "externalIPs"):
            message = f"the Service takes the traffic of {address.text or address.value}"
            yield Fault(message, manifest, address)
