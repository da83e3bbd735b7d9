"""What an object was before a change."""

from collections import defaultdict

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index

Identity = tuple[str, str, str, str]
"""Group, kind, namespace and name."""


def identity(manifest: Manifest) -> Identity:
    """What an API server knows an object by."""
    return (manifest.group, manifest.kind, manifest.namespace or DEFAULT_NAMESPACE, manifest.name)


class Former:
    """The objects of the base by what they are known by; one of several is told by its file."""

    def __init__(self, base: Index) -> None:
        self._objects: dict[Identity, list[Manifest]] = defaultdict(list)
        for manifest in base.manifests:
            self._objects[identity(manifest)].append(manifest)

    def of(self, manifest: Manifest) -> Manifest | None:
        """What an object was; nothing where it was not, or nobody can tell which it was."""
        found = self._objects.get(identity(manifest), [])
        if len(found) > 1:
            found = [each for each in found if each.file == manifest.file]
        return found[0] if len(found) == 1 else None
