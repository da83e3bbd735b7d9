"""A container's image has a tag that moves from release to release.

## What it does
Reports tags without any digit (`stable`, `main`, `lts-alpine`) and major versions alone (`2`, `v2`,
`2.x`), unless a digest says which image is meant.

## Why is this bad
Such a tag is given to every new release, so that what runs depends on the hour at which a node pulled
it, as with `latest`.

## Example
```yaml
image: ghcr.io/shop/web:stable
```

## Use instead
```yaml
image: ghcr.io/shop/web:1.4.2
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
    remediation="Name the whole version by tag, or the very image by digest.",
    known_as=("checkov:CKV_K8S_14",),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports an image with such a tag."""
    text = container["image"].text
    if text:
        image = parse(text)
        if not image.fault and image.is_floating:
            message = f"the tag {image.tag} of the container {container.name!r} moves with each release"
            yield Fault(message, container.manifest, container["image"])
