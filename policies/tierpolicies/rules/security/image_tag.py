"""A container's image has no tag, or the tag `latest`.

## What it does
Reports images with neither a digest nor a tag, and those with the tag `latest`.

## Why is this bad
What runs depends on the hour at which a node pulled it: two pods of one Deployment differ, a restart
is an upgrade, and there is nothing to go back to.

## Example
```yaml
image: ghcr.io/shop/web:latest
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
    remediation="Name a version by tag, or the very image by digest.",
    known_as=(
        "kube-linter:latest-tag",
        "kube-score:container-image-tag",
        "polaris:tagNotSpecified",
        "checkov:CKV_K8S_14",
    ),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports an image without a version."""
    text = container["image"].text
    if text:
        image = parse(text)
        if not image.fault and image.is_untagged:
            what = "the tag latest" if image.tag else "no tag"
            message = f"the image {text} of the container {container.name!r} has {what}"
            yield Fault(message, container.manifest, container["image"])
