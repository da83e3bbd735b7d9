"""An image is named by the tag of a commit, and by no digest.

## What it does
Looks at images whose tag names a commit (`sha-1a2b3c4`), which is what a pipeline of one's own builds, and
reports those without a digest as soon as another image from the same place in the registry
(`ghcr.io/shop`) has one. Before that nothing was released, which is told once, as a note.

## Why is this bad
A pipeline records the digest of what it pushed. A tag alone was written by hand or promoted before it was
built: the image may not exist, and whoever may push can put another one behind the tag after the review.

## Example
```yaml
image: ghcr.io/shop/web:sha-1a2b3c4
```

## Use instead
```yaml
image: ghcr.io/shop/web:sha-1a2b3c4@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
```
"""

from collections import defaultdict
from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.images import Image, parse

_First = tuple[Container, Image]


@rule(
    severity=Severity.WARNING,
    remediation="Release the image, and name it by the digest that the registry told: @sha256:….",
    needs=(PODS,),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports images without a digest, by what others from the same place have."""
    owners: dict[str, list[_First]] = defaultdict(list)
    for workload in context.index.workloads:
        for container in workload.own.containers:
            image = parse(container["image"].text)
            if not image.fault and image.names_commit:
                owners[_owner(image)].append((container, image))
    for owner, found in owners.items():
        without = [each for each in found if not each[1].digest]
        if len(without) == len(found):
            (container, _), names = without[0], {image.repository for _, image in without}
            yield Fault(
                f"nothing from {owner} was released yet: {len(names)} image{'s' * (len(names) != 1)}"
                " named by a commit's tag and no digest",
                container.manifest,
                container["image"],
                severity=Severity.NOTE,
            )
            continue
        for container, image in without:
            message = (
                f"the image {container['image'].text} of the container {container.name!r} has no digest,"
                f" as others from {owner} have: nothing says that {image.tag} was released"
            )
            yield Fault(message, container.manifest, container["image"])


def _owner(image: Image) -> str:
    """The place in the registry where an image lies beside others of the same pipeline."""
    return "/".join(part for part in (image.registry, image.repository.rpartition("/")[0]) if part)
