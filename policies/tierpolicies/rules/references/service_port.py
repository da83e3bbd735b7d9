"""A Service sends to a port that its pods do not have.

## What it does
Looks up the target port of each port of a Service in the containers of the pods it selects: a name
must be that of a container port, a number must be among them where the pods declare any. The
protocols must agree, too.

## Why is this bad
A name that no container has gives no endpoint at all. A number that differs from all the declared ones
is most likely one that nothing listens on.

## Example
```yaml
ports: [{port: 80, targetPort: htpp}]   # the container's port is called http
```

## Use instead
```yaml
ports: [{port: 80, targetPort: http}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.traffic.pod_ports import PodPorts


@rule(
    needs=("Service",),
    severity=Severity.ERROR,
    remediation="Name a port that the containers of the selected pods declare.",
    rests_on=(PODS,),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each port of a Service that leads to none of its pods' ports."""
    for service in context.index.of_kind("Service"):
        spec = service.view["spec"]
        labels = spec["selector"].labels
        if not labels or spec["type"].text == "ExternalName":
            continue
        pods = context.index.selected(service.namespace, labels)
        if pods:
            ports = PodPorts(pods)
            for port in spec["ports"]:
                yield from _faults(service, port, ports)


def _faults(service: Manifest, port: View, ports: PodPorts) -> Iterator[Fault]:
    protocol = port["protocol"].text or "TCP"
    target = port["targetPort"]
    at = target or port["port"]
    wanted = at.text or at.integer
    if not wanted or ports.has(wanted, protocol):
        return
    of_pods = f"of {ports.pods}"
    if ports.has(wanted):
        said = ports.protocol(wanted)
        yield Fault(f"the port {wanted} {of_pods} is {said}, the Service's is {protocol}", service, at)
    elif isinstance(wanted, str):
        hint = nearest(wanted, ports.names)
        yield Fault(f"no container {of_pods} has a port named {wanted!r}{hint}", service, at)
    elif ports.numbers:
        told = ", ".join(str(number) for number in sorted(ports.numbers))
        message = f"no container {of_pods} declares the port {wanted}; declared: {told}"
        yield Fault(message, service, at, severity=Severity.WARNING)
