"""An Ingress names a class that is not there.

## What it does
Looks up the class of each Ingress where the tree has IngressClasses. Names that controllers make
by themselves, such as `nginx` or `alb`, pass without one. Where the tree has none, a class that a single
Ingress names is told if it is but a letter off the one that the others name.

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

from collections import Counter
from collections.abc import Iterator, Sequence

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.cluster_names import unknown
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.ingress import ingress_class
from tierpolicies.engine.misspelling import odd_one
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
_NEARNESS = 0.75


@rule(
    needs=("Ingress",),
    severity=Severity.ERROR,
    remediation="Name one of the IngressClasses, or add the one that is meant.",
    rests_on=("IngressClass",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Ingress of an unknown class."""
    ingresses = [(ingress, ingress_class(ingress)) for ingress in context.index.of_kind("Ingress")]
    given = _WELL_KNOWN.__contains__
    yield from unknown(context, "IngressClass", ingresses, is_given=given, of_charts=True)
    if not any(context.index.of_kind("IngressClass")):
        yield from _odd_ones(ingresses)


def _odd_ones(ingresses: Sequence[tuple[Manifest, View]]) -> Iterator[Fault]:
    """The faults of classes that one Ingress alone names, almost as all the others do."""
    counted = Counter(name.text for _, name in ingresses if name.text)
    for ingress, name in ingresses:
        if name.text and name.text not in _WELL_KNOWN:
            meant = odd_one(name.text, counted, nearness=_NEARNESS)
            if meant:
                message = (
                    f"{counted[meant]} Ingresses are of the class {meant!r}, this alone of {name.text!r}"
                )
                yield Fault(message, ingress, name)
