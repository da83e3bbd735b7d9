"""An Ingress serves every host, or every host of a domain.

## What it does
Reports rules of an Ingress without a host, hosts that begin with `*.`, and an Ingress that has but a
default backend. The rule is optional.

## Why is this bad
A name that somebody points at the controller reaches the application, and requests meant for another
Ingress do as soon as that one is gone: cookies and cached pages end up under names that are not its own.

## Example
```yaml
rules: [{host: "*.example.org"}]
```

## Use instead
```yaml
rules: [{host: shop.example.org}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Ingress",),
    severity=Severity.WARNING,
    remediation="Name each host that is served.",
    optional=True,
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each host that is many."""
    spec = manifest.view["spec"]
    rules = list(spec["rules"])
    for each in rules:
        host = each["host"]
        if host.text.startswith("*") or not host.text:
            what = f"every host of {host.text[2:]}" if host.text else "every host"
            yield Fault(f"the Ingress serves {what}", manifest, host)
    if not rules and spec["defaultBackend"]:
        yield Fault("the Ingress serves every host", manifest, spec["defaultBackend"])
