"""An Application has no destination, or two.

## What it does
Reports Applications and ApplicationSets whose `destination` has neither `server` nor `name`, or both.

## Why is this bad
Argo CD does not know the cluster and refuses the Application (InvalidSpecError): nothing is applied.

## Example
```yaml
destination: {namespace: shop}
```

## Use instead
```yaml
destination: {server: https://kubernetes.default.svc, namespace: shop}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import template
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Application", "ApplicationSet"),
    severity=Severity.ERROR,
    remediation="Give the destination a server, or the name of a cluster that Argo CD knows, and not both.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each destination that is not one cluster."""
    found = template(manifest)
    if found is None or not found.spec:
        return
    destination = found.spec["destination"]
    server, name = destination["server"], destination["name"]
    if server.text and name.text:
        message = f"the destination is both the server {server.text} and the cluster {name.text}"
        yield Fault(message, manifest, name)
    elif not server.text and not name.text and not _is_patched(manifest):
        yield Fault("the destination names no cluster", manifest, destination)


def _is_patched(manifest: Manifest) -> bool:
    """Whether a template's own patch may say the rest."""
    return bool(manifest.view.at("spec", "templatePatch"))
