"""An Application Load Balancer cannot reach what an Ingress names.

## What it does
For Ingresses of class `alb`: target type `ip` only where the network plugin gives pods addresses of
the VPC; `instance` targets (the default) only with Services of type NodePort and
`externalTrafficPolicy: Local`; one `group.name` where there are several Ingresses.

## Why is this bad
Addresses of an overlay mean nothing to the VPC, a ClusterIP has no port on the node, and without a
group every Ingress makes a load balancer of its own.

## Example
```yaml
alb.ingress.kubernetes.io/target-type: ip   # under Calico VXLAN
```

## Use instead
```yaml
alb.ingress.kubernetes.io/target-type: instance
alb.ingress.kubernetes.io/group.name: platform
```
"""

from collections import Counter
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.ingress import ingress_class
from tierpolicies.engine.rule import rule

_ANNOTATION = "alb.ingress.kubernetes.io/"


@rule(
    needs=("Ingress",),
    severity=Severity.ERROR,
    remediation="Use instance targets with NodePort, in one group.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Ingress whose targets or group cannot work."""
    ingresses = [
        ingress for ingress in context.index.of_kind("Ingress") if ingress_class(ingress).text == "alb"
    ]
    counted = Counter(_annotation(ingress, "group.name").text for ingress in ingresses)
    common = max(counted, key=lambda name: (name != "", counted[name], name), default="")
    for ingress in ingresses:
        group = _annotation(ingress, "group.name")
        if len(ingresses) > 1 and (group.text != common or not common):
            told = f"is in the group {group.text!r}" if group.text else "has no group.name"
            others = f", most are in {common!r}" if common else ""
            message = f"one of {len(ingresses)} Ingresses {told}{others}: it makes a load balancer of its own"
            yield Fault(message, ingress, group)
        target = _annotation(ingress, "target-type")
        if target.text == "ip":
            cni = context.platform.cni if context.platform is not None else ""
            if cni and "vpc" not in cni.lower():
                message = f"target type ip needs pod addresses of the VPC; {cni} gives others"
                yield Fault(message, ingress, target)
        else:
            yield from _services(context.index, ingress)


def _annotation(ingress: Manifest, name: str) -> View:
    return ingress.view.at("metadata", "annotations", _ANNOTATION + name)


def _services(index: Index, ingress: Manifest) -> Iterator[Fault]:
    spec = ingress.view["spec"]
    backends = [spec["defaultBackend"]]
    backends += [path["backend"] for host in spec["rules"] for path in host.at("http", "paths")]
    for backend in backends:
        name = backend.at("service", "name")
        service = index.find("Service", name.text, ingress.namespace)
        if service is None:
            continue  # an action of the load balancer, or a reference that leads nowhere
        kind = service.view.at("spec", "type").text or "ClusterIP"
        policy = service.view.at("spec", "externalTrafficPolicy").text
        if kind not in ("NodePort", "LoadBalancer"):
            message = f"instance targets need a NodePort; the Service {name.text} is a {kind}"
            yield Fault(message, ingress, name)
        elif policy != "Local":
            message = f"the Service {name.text} sends traffic on to other nodes: not Local"
            yield Fault(message, ingress, name)
