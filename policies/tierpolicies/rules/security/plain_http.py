"""An Ingress with TLS answers without it, too.

## What it does
Reports Ingresses that are told not to redirect to HTTPS, and those of AWS's load balancer with an HTTP
and an HTTPS listener and no `ssl-redirect`, in their group neither.

## Why is this bad
Links, bookmarks and the first request of a visit go to port 80: cookies and passwords go with them in
clear text, and nobody notices, since it works.

## Example
```yaml
alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'
```

## Use instead
```yaml
alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'
alb.ingress.kubernetes.io/ssl-redirect: "443"
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_ALB = "alb.ingress.kubernetes.io/"
_HTTP = re.compile(r"[\"']?HTTP[\"']?\s*:")
_NGINX = "nginx.ingress.kubernetes.io/"


@rule(
    needs=("Ingress",),
    severity=Severity.WARNING,
    remediation="Redirect HTTP to HTTPS.",
    rests_on=("Ingress",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Ingress that serves in clear text what it has a certificate for."""
    ingresses = list(context.index.of_kind("Ingress"))
    redirecting = {
        _annotations(each)[f"{_ALB}group.name"].text
        for each in ingresses
        if _annotations(each)[f"{_ALB}ssl-redirect"].text
    }
    for ingress in ingresses:
        annotations = _annotations(ingress)
        ports = annotations[f"{_ALB}listen-ports"]
        if "HTTPS" in ports.text and _HTTP.search(ports.text):
            group = annotations[f"{_ALB}group.name"].text
            alone = not annotations[f"{_ALB}ssl-redirect"].text
            if alone and not (group and group in redirecting):
                message = "the load balancer answers on its HTTP port instead of redirecting to HTTPS"
                yield Fault(message, ingress, ports)
        elif ingress.view.at("spec", "tls"):
            yield from _kept(ingress, annotations)


def _kept(ingress: Manifest, annotations: View) -> Iterator[Fault]:
    off = annotations[f"{_NGINX}ssl-redirect"]
    forced = annotations[f"{_NGINX}force-ssl-redirect"].text == "true"
    if off.text == "false" and not forced:
        yield Fault("the Ingress is told not to redirect to HTTPS", ingress, off)


def _annotations(ingress: Manifest) -> View:
    return ingress.view.at("metadata", "annotations")
