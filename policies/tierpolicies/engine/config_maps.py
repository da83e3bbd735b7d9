"""The ConfigMaps of a cluster, as far as the tree shows them, and their keys."""

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index

_EVERYWHERE = ("kube-root-ca.crt", "openshift-service-ca.crt")
_INJECTED = ("config.openshift.io/inject-trusted-cabundle", "service.beta.openshift.io/inject-cabundle")


class ConfigMaps:
    """The ConfigMaps that the tree holds or that objects in it make."""

    def __init__(self, index: Index) -> None:
        self._keys: dict[tuple[str, str], frozenset[str] | None] = {}
        self._anywhere = set(_EVERYWHERE)
        for manifest in index.of_kind("ConfigMap"):
            place = (manifest.namespace or DEFAULT_NAMESPACE, manifest.name)
            keys = _keys(manifest)
            if place in self._keys:  # another environment's, or references/unique-object's
                before = self._keys[place]
                keys = None if keys is None or before is None else keys | before
            self._keys[place] = keys
        for manifest in index.of_kind("Kustomization"):
            self._anywhere |= {entry["name"].text for entry in manifest.view["configMapGenerator"]}
        self._anywhere |= {manifest.name for manifest in index.of_kind("Bundle")}

    def has(self, namespace: str, name: str) -> bool:
        """Whether the tree shows a ConfigMap."""
        return (namespace or DEFAULT_NAMESPACE, name) in self._keys or name in self._anywhere

    def keys(self, namespace: str, name: str) -> frozenset[str] | None:
        """The keys of a ConfigMap; nothing where a controller writes them."""
        return self._keys.get((namespace or DEFAULT_NAMESPACE, name))

    def names(self, namespace: str) -> list[str]:
        """The ConfigMaps of a namespace."""
        home = namespace or DEFAULT_NAMESPACE
        return [name for where, name in self._keys if where == home]


def _keys(manifest: Manifest) -> frozenset[str] | None:
    metadata = manifest.view["metadata"]
    marks = {*metadata["labels"].mapping, *metadata["annotations"].mapping}
    if not marks.isdisjoint(_INJECTED):
        return None
    return frozenset((*manifest.view["data"].mapping, *manifest.view["binaryData"].mapping))
