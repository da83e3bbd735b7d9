"""An Application may delete everything that it has.

## What it does
Reports `allowEmpty: true` of automated Applications that prune.

## Why is this bad
Argo CD refuses by itself to prune all objects of an Application at once: an empty folder is a slip more
often than a wish. With allowEmpty a moved path or a chart that renders nothing deletes what runs.

## Example
```yaml
automated: {prune: true, allowEmpty: true}
```

## Use instead
```yaml
automated: {prune: true}
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
    severity=Severity.WARNING,
    remediation="Remove allowEmpty; delete the Application where all of it is to go.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports an Application that an empty source empties."""
    found = template(manifest)
    if found is not None:
        automated = found.spec.at("syncPolicy", "automated")
        if automated["allowEmpty"].value is True and automated["prune"].value is True:
            message = "an empty source deletes everything: allowEmpty is true, and prune too"
            yield Fault(message, manifest, automated["allowEmpty"])
