"""A node never pulls an image, or keeps one although its tag moves.

## What it does
Reports `imagePullPolicy` Never for images of a registry, and IfNotPresent for images without a tag,
with the tag `latest`, or with another tag that moves from release to release.

## Why is this bad
With Never, a pod starts on those nodes only where somebody has put the image by hand. With
IfNotPresent every node runs what it pulled first: nodes differ for ever.

## Example
```yaml
{image: "ghcr.io/shop/web:1.4.2", imagePullPolicy: Never}
```

## Use instead
```yaml
{image: "ghcr.io/shop/web:1.4.2", imagePullPolicy: IfNotPresent}
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
    remediation="Set imagePullPolicy to IfNotPresent for a version, and to Always for a tag that moves.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a policy that contradicts the image."""
    policy = container.view.mapping.get("imagePullPolicy")
    if policy not in ("IfNotPresent", "Never"):
        return
    image = parse(container["image"].text)
    if image.fault:
        return
    if image.is_untagged or image.is_floating:
        message = f"nodes keep what they have of the tag {image.tag or 'latest'}: the policy is {policy}"
    elif policy == "Never" and image.registry:
        message = f"no node pulls the image {container['image'].text}: the policy is Never"
    else:
        return
    yield Fault(message, container.manifest, container["imagePullPolicy"])
