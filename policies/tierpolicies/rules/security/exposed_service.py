"""A Service is reached from outside of the cluster.

## What it does
Reports Services of type NodePort and LoadBalancer. The rule is optional.

## Why is this bad
A NodePort is open on every node, past an Ingress, its TLS and its log; a load balancer costs money and
has an address of its own.

## Example
```yaml
spec: {type: NodePort, ports: [{port: 80}]}
```

## Use instead
```yaml
spec: {type: ClusterIP, ports: [{port: 80}]}
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
    remediation="Use the type ClusterIP, and an Ingress before it.",
    optional=True,
    known_as=("kube-linter:exposed-services", "kube-score:service-type"),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports such a type."""
    kind = manifest.view.at("spec", "type")
    if not manifest.group and kind.text in ("NodePort", "LoadBalancer"):
        yield Fault(f"the Service is of type {kind.text}", manifest, kind)
