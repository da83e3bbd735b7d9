"""A container names no image, or one that no runtime can read.

## What it does
Reads each `image` as a container runtime does: `[registry/]repository[:tag][@digest]`, and reports
what it does not understand: capitals, blanks, a scheme, an empty tag, a short digest, a placeholder
that nobody filled.

## Why is this bad
The pod stays in InvalidImageName for ever; without an image the API server refuses it.

## Example
```yaml
image: https://ghcr.io/Shop/web:${TAG}
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
    severity=Severity.ERROR,
    remediation="Write registry/repository:tag, in small letters and without a scheme.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports an image that is missing or cannot be read."""
    image = container.view.mapping.get("image", "")
    if image == "" or image is None:
        message = f"the container {container.name!r} has no image"
        yield Fault(message, container.manifest, container["image"])
    elif isinstance(image, str) and (fault := parse(image).fault):
        message = f"the container {container.name!r} has the image {image[:100]!r}: {fault}"
        yield Fault(message, container.manifest, container["image"])
