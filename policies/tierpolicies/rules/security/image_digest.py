"""A container's image is named by a tag alone.

## What it does
Reports images without a digest. A tag that names a commit, such as `sha-1a2b3c4`, passes. The rule is
optional: it runs where it is selected or given a severity.

## Why is this bad
A tag is a name in somebody's registry: whoever may push there can put another image behind it, and
the next node that pulls runs that.

## Example
```yaml
image: ghcr.io/shop/web:1.4.2
```

## Use instead
```yaml
image: ghcr.io/shop/web:1.4.2@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.images import parse


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Append the digest that the registry shows for the tag: @sha256:….",
    optional=True,
    known_as=("checkov:CKV_K8S_43",),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports an image without a digest."""
    text = container["image"].text
    if text:
        image = parse(text)
        if not (image.fault or image.digest or image.names_commit):
            message = f"the image {text} of the container {container.name!r} has no digest"
            yield Fault(message, container.manifest, container["image"])
