"""A label or an annotation is most likely a slip of a well-known one.

## What it does
Compares the keys of labels and annotations, of objects and of their pods' templates, that have a domain, with
the keys that Kubernetes and common controllers read. A key that is one slip away from such a one is
reported, be it in the domain or in the name; all others are anybody's own.

## Why is this bad
Nobody reads the misspelt key, and nobody says so: the wave, the group or the certificate that it should
set is not set.

## Example
```yaml
annotations: {argocd.argoproj.io/sync-vawe: "2"}
```

## Use instead
```yaml
annotations: {argocd.argoproj.io/sync-wave: "2"}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import pod_of
from tierpolicies.schemas.known_keys import meant


@rule(each=Manifest, severity=Severity.WARNING, remediation="Write the key that is read.")
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each key that is nearly a known one."""
    yield from _of(manifest, manifest.view["metadata"])
    if (pod := pod_of(manifest)) is not None and pod.template.value is not manifest.value:
        yield from _of(manifest, pod.template["metadata"])


def _of(manifest: Manifest, metadata: View) -> Iterator[Fault]:
    for field in ("labels", "annotations"):
        keys = metadata.mapping.get(field)
        if isinstance(keys, dict):
            for key in keys:
                if "/" in key and (known := meant(key)):
                    told = f"nobody reads {key!r} (did you mean {known!r}?)"
                    yield Fault(told, manifest, metadata[field][key], key=True)
