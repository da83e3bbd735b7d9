"""A container's image comes from a registry that is not one of those known.

## What it does
Compares each image with the parameter `registries`: hosts (`ghcr.io`) or beginnings of names
(`ghcr.io/shop`). With none given it reports images that name no registry at all. The rule is optional.

## Why is this bad
An image from anywhere is code from anybody. A name without a registry means what each node's runtime
is configured to mean by it, Docker Hub as a rule, with its limit on pulls.

## Example
```yaml
image: web:1.4.2
```

## Use instead
```yaml
image: ghcr.io/shop/web:1.4.2
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.images import parse


@dataclass(frozen=True)
class Parameters:
    """The registries that images may come from, or beginnings of image names; none admits all."""

    registries: tuple[str, ...] = ()


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Pull the image from a known registry, or add the registry to the rule's parameter.",
    optional=True,
    parameters=Parameters(),
)
def check(container: Container, parameters: Parameters) -> Iterator[Fault]:
    """Reports an image from elsewhere."""
    text = container["image"].text
    image = parse(text)
    if not text or image.fault:
        return
    if not image.registry:
        message = f"the image {text} of the container {container.name!r} names no registry"
    elif parameters.registries and not _is_from(text, parameters.registries):
        message = f"the image {text} of the container {container.name!r} is of no known registry"
    else:
        return
    yield Fault(message, container.manifest, container["image"])


def _is_from(text: str, registries: tuple[str, ...]) -> bool:
    return any(f"{text}/".startswith(f"{each.rstrip('/')}/") for each in registries)
