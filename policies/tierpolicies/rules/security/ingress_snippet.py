"""An Ingress writes into the configuration of nginx.

## What it does
Reports the annotations of ingress-nginx that end in `-snippet`.

## Why is this bad
The controller sees the Secrets of all namespaces, and a snippet runs within it: whoever may write an
Ingress reads them (CVE-2021-25742). Controllers refuse snippets by default since 1.9, and then the
Ingress is not served.

## Example
```yaml
nginx.ingress.kubernetes.io/configuration-snippet: "more_set_headers 'X-Frame-Options: DENY';"
```

## Use instead
```yaml
nginx.ingress.kubernetes.io/custom-headers: shop/headers
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_CONTROLLERS = ("nginx.ingress.kubernetes.io/", "nginx.org/")


@rule(
    each=Manifest,
    kinds=("Ingress",),
    severity=Severity.WARNING,
    remediation="Use an annotation for the very purpose, or let the controller's ConfigMap say it.",
    known_as=("checkov:CKV_K8S_152", "checkov:CKV_K8S_153", "checkov:CKV_K8S_154"),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each snippet."""
    for key, view in manifest.view.at("metadata", "annotations").items():
        if key.startswith(_CONTROLLERS) and key.endswith(("-snippet", "-snippets")):
            yield Fault(
                f"the annotation {key} writes into the configuration of nginx", manifest, view, key=True
            )
