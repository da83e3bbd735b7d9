"""A load balancer of a Service is open to everybody.

## What it does
Reports Services of type LoadBalancer without `loadBalancerSourceRanges`, or with `0.0.0.0/0` in them, but
for internal ones. Of ports 80 and 443 it is a note: those may be meant for everybody.

## Why is this bad
The load balancer has a public address: a database, a broker or a dashboard behind it is found within
hours. Neither an Ingress's TLS nor its authentication stands before it.

## Example
```yaml
spec: {type: LoadBalancer, ports: [{port: 5432}]}
```

## Use instead
```yaml
spec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 5432}]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_EVERYBODY = ("0.0.0.0/0", "::/0")
_RANGES = (
    "service.beta.kubernetes.io/load-balancer-source-ranges",
    "service.kubernetes.io/load-balancer-source-ranges",
)
_INTERNAL = {
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "networking.gke.io/load-balancer-type": ("Internal", "internal"),
    "cloud.google.com/load-balancer-type": ("Internal", "internal"),
    "service.beta.kubernetes.io/oci-load-balancer-internal": ("true",),
    "service.beta.kubernetes.io/openstack-internal-load-balancer": ("true",),
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": ("intranet",),
}
"""Annotations by which clouds make a load balancer without a public address."""
_WEB = (80, 443)


@rule(
    each=Manifest,
    kinds=("Service",),
    severity=Severity.WARNING,
    remediation="Set loadBalancerSourceRanges, make the load balancer internal, or use an Ingress.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a load balancer that anybody reaches."""
    spec = manifest.view["spec"]
    if spec["type"].text != "LoadBalancer" or manifest.group or _is_internal(manifest):
        return
    ranges = spec["loadBalancerSourceRanges"]
    wide = min((each for each in ranges if each.text in _EVERYBODY), key=lambda each: each.text, default=None)
    if wide is None and any(ranges):
        return
    ports = [port["port"].integer for port in spec["ports"]]
    shown = ", ".join(str(port) for port in ports if port is not None)
    message = (
        f"port {shown or '(none)'} is open to everybody: {'no' if wide is None else 'all'} sources are given"
    )
    severity = Severity.NOTE if all(port in _WEB for port in ports) else None
    yield Fault(message, manifest, wide or ranges, severity=severity)


def _is_internal(manifest: Manifest) -> bool:
    annotations = manifest.view.at("metadata", "annotations")
    if any(annotations[key].text for key in _RANGES):
        return True
    return any(annotations[key].text in values for key, values in _INTERNAL.items())
