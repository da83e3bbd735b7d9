"""The API version of an object is still served, but on its way out.

## What it does
Notes objects whose API version, or kind, is deprecated in a checked version of Kubernetes and not removed
in any, and custom resources of a version that their CustomResourceDefinition calls deprecated.

## Why is this bad
It works today; a later upgrade will refuse it, at a time that somebody else chooses.

## Example
```yaml
apiVersion: v1
kind: Endpoints
```

## Use instead
```yaml
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.NOTE,
    remediation="Move to the API that takes its place before it is removed.",
    known_as=("kube-score:stable-version",),
)
def check(context: Context) -> Iterator[Fault]:
    """Notes each object of a deprecated API."""
    from tierpolicies.schemas.service import Service  # noqa: PLC0415 (the schemas are read when used)

    service = Service(context.versions)
    for manifest in context.index.manifests:
        api_version, kind = manifest.subject[:2]
        if told := service.deprecation(api_version, kind):
            yield Fault(told, manifest, "/apiVersion")
        elif definition := context.catalog.definition(manifest):
            version = definition.versions.get(api_version.rpartition("/")[2])
            if version is not None and version.warning:
                yield Fault(f"{api_version}/{kind} is deprecated: {version.warning}", manifest, "/apiVersion")
