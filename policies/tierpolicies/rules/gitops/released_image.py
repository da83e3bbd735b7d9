"""An image is named by the tag of a commit, and by no digest.

## What it does
Looks at images whose tag names a commit (`sha-1a2b3c4`), which is what a pipeline of one's own builds. One
that has no digest was never released, as one note tells for each place in the registry (`ghcr.io/shop`).
Where the base of a change named the image by its digest, the loss of that is a warning.

## Why is this bad
A pipeline records the digest of what it pushed. A tag alone was written by hand, or before it was built: the
image may not exist, and whoever may push can put another one behind the tag after the review.

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
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.images import Image, parse


@rule(
    severity=Severity.WARNING,
    remediation="Release the image, and name it by the digest that the registry told: @sha256:….",
    needs=(PODS,),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports images that lost their digest, and tells those that never had one."""
    former = _built(context.base_index) if context.base_index is not None else ()
    released = {_place(container) for container, image in former if image.digest}
    owners: dict[str, dict[str, Container]] = defaultdict(dict)
    for container, image in _built(context.index):
        if image.digest:
            continue
        if _place(container) in released:
            lost = f"the image of the container {container.name!r} lost its digest"
            message = f"{lost}: only the tag {image.tag} is left"
            yield Fault(message, container.manifest, container["image"])
        else:
            owner, _, name = f"{image.registry}/{image.repository}".rpartition("/")
            owners[owner.strip("/")].setdefault(name, container)
    for owner, images in owners.items():
        first = next(iter(images.values()))
        names = ", ".join(sorted(images))
        message = f"never released, so that {owner or 'its registry'} tells no digest: {names}"
        yield Fault(message, first.manifest, first["image"], severity=Severity.NOTE)


def _built(index: Index) -> Iterator[tuple[Container, Image]]:
    """The containers whose image is built from a commit of one's own."""
    for workload in index.workloads:
        for container in workload.own.containers:
            image = parse(container["image"].text)
            if not image.fault and image.names_commit:
                yield container, image


def _place(container: Container) -> tuple[str, str]:
    return str(container.manifest.subject), container.name
