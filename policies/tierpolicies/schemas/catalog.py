"""Every kind that is known: Kubernetes' own, those that definitions define, those with a bundled schema."""

from collections.abc import Iterable
from pathlib import Path

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.reader import Unreadable, read
from tierpolicies.schemas.bundle import bundle
from tierpolicies.schemas.definitions import KIND, Definition, defined

_CLUSTER = ("ClusterSecretStore", "ClusterExternalSecret", "ClusterIssuer")
"""Well-known custom kinds without a namespace whose definition few trees hold."""


class Catalog:
    """What an API server would know, with the definitions of a tree and of further files applied.

    Of the further files `unreadable` tells what cannot be read, `empty` those that define nothing, and
    `further` are the definitions in them.
    """

    def __init__(self, manifests: Iterable[Manifest], further: Iterable[Path] = ()) -> None:
        self.unreadable: list[Unreadable] = []
        self.empty: list[str] = []
        self.further: list[Manifest] = []
        found = [each for each in manifests if each.kind == KIND]
        for path in further:
            tree = read(path, root=Path())
            here = [each for each in tree.manifests if each.kind == KIND]
            self.further += here
            self.unreadable += tree.unreadable
            if not here and not tree.unreadable:
                self.empty.append(path.as_posix())
        found += self.further
        self.definitions = defined(found) if found else {}

    def definition(self, manifest: Manifest) -> Definition | None:
        """The definition of an object's kind, whatever its version."""
        return self.definitions.get((manifest.group, manifest.kind)) if self.definitions else None

    def knows(self, manifest: Manifest) -> bool:
        """Whether anything says what an object of that kind may hold, or that there is no such version."""
        name = f"{manifest.subject.api_version}/{manifest.kind}"
        known = name in bundle().kinds or name in bundle().custom or name in bundle().lifecycle
        return known or self.definition(manifest) is not None

    def names(self) -> list[str]:
        """`apiVersion/kind` of every kind there is."""
        defined = self.definitions.values()
        own = [f"{each.group}/{version}/{each.kind}" for each in defined for version in each.served]
        return [*bundle().kinds, *own, *bundle().custom]

    def is_cluster_scoped(self, manifest: Manifest) -> bool:
        """Whether objects of that kind stand in no namespace."""
        if (definition := self.definition(manifest)) is not None:
            return definition.is_cluster_scoped
        return bundle().is_cluster_scoped(manifest.group, manifest.kind) or manifest.kind in _CLUSTER
