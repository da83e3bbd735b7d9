"""An Ingress names a class that is not there.

## What it does
Looks up the class of each Ingress where the tree has IngressClasses. Names that controllers make
by themselves, such as `nginx` or `alb`, pass without one.

## Why is this bad
No controller feels responsible: the Ingress gets no address, and nothing says why.

## Example
```yaml
spec: {ingressClassName: intrenal}   # beside an IngressClass internal
```

## Use instead
```yaml
spec: {ingressClassName: internal}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.cluster_names import unknown
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.ingress import ingress_class
from tierpolicies.engine.rule import rule

_WELL_KNOWN = frozenset(
    (
        "addon-http-application-routing",
        "alb",
        "ambassador",
        "apisix",
        "application-gateway",
        "avi",
        "azure-application-gateway",
        "azure-alb-external",
        "caddy",
        "cilium",
        "cloudflare-tunnel",
        "contour",
        "gce",
        "gce-internal",
        "gloo",
        "haproxy",
        "istio",
        "kong",
        "kourier",
        "nginx",
        "ngrok",
        "openshift-default",
        "public",
        "skipper",
        "tailscale",
        "traefik",
        "voyager",
        "webapprouting.kubernetes.azure.com",
    )
)


@rule(
    severity=Severity.ERROR,
    remediation="Name one of the IngressClasses, or add the one that is meant.",
    rests_on=("IngressClass",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Ingress of an unknown class."""
    names = ((ingress, ingress_class(ingress)) for ingress in context.index.of_kind("Ingress"))
    yield from unknown(context, "IngressClass", names, is_given=_WELL_KNOWN.__contains__, of_charts=True)
