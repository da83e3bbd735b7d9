"""Where the Secrets of a cluster come from, as far as the tree shows it, and the keys they get."""

from collections import defaultdict
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index

Keys = frozenset[str] | None
"""The keys of a Secret; nothing where the tree does not tell them."""

_NAMED: dict[str, tuple[str, ...]] = {
    "Certificate": ("spec", "secretName"),
    "SecretProviderClass": ("spec", "secretObjects", "*", "secretName"),
    "VaultStaticSecret": ("spec", "destination", "name"),
    "VaultDynamicSecret": ("spec", "destination", "name"),
    "VaultPKISecret": ("spec", "destination", "name"),
}
_COPIED = ("replicator.v1.mittwald.de/", "reflector.v1.k8s.emberstack.com/")


class SecretSources:
    """The Secrets that the tree holds or that objects in it make."""

    def __init__(self, index: Index) -> None:
        self._keys: dict[tuple[str, str], Keys] = {}
        self._anywhere: dict[str, Keys] = {}
        self._sources: dict[str, list[Manifest]] = defaultdict(list)
        for manifest in index.of_kind("Secret", "SealedSecret", "ExternalSecret", *_NAMED):
            home = manifest.namespace or DEFAULT_NAMESPACE
            for name, keys in _made(manifest):
                self._keys[home, name] = _united(self._keys, (home, name), keys)
            self._sources[home].append(manifest)
        for manifest in index.of_kind("ClusterExternalSecret"):
            spec = manifest.view.at("spec", "externalSecretSpec")
            name = manifest.view.at("spec", "externalSecretName").text or manifest.name
            self._anywhere[spec.at("target", "name").text or name] = _external_keys(spec)
        for manifest in index.of_kind("Kustomization"):
            for entry in manifest.view["secretGenerator"]:
                self._anywhere[entry["name"].text] = None
        for manifest in index.of_kind("Ingress"):
            if _is_certified(manifest):
                for tls in manifest.view.at("spec", "tls"):
                    self._keys.setdefault(
                        (manifest.namespace or DEFAULT_NAMESPACE, tls["secretName"].text), None
                    )

    def has(self, namespace: str, name: str) -> bool:
        """Whether the tree shows where a Secret comes from."""
        return (namespace or DEFAULT_NAMESPACE, name) in self._keys or name in self._anywhere

    def keys(self, namespace: str, name: str) -> Keys:
        """The keys of a Secret that the tree shows; nothing where they are not known."""
        return self._keys.get((namespace or DEFAULT_NAMESPACE, name), self._anywhere.get(name))

    def names(self, namespace: str) -> list[str]:
        """The Secrets of a namespace that the tree shows."""
        home = namespace or DEFAULT_NAMESPACE
        return [name for where, name in self._keys if where == home]

    def sources(self, namespace: str, *, of_certificates: bool = False) -> list[Manifest]:
        """What a namespace's Secrets come from, as far as the tree shows it.

        Those that hold a certificate for an Ingress come from Certificates, or else from outside.
        """
        return [
            each
            for each in self._sources.get(namespace or DEFAULT_NAMESPACE, ())
            if (each.kind == "Certificate") is of_certificates
        ]


def _united(known: dict[tuple[str, str], Keys], place: tuple[str, str], keys: Keys) -> Keys:
    """The keys of a Secret that several objects, or environments, write."""
    if place not in known:
        return keys
    before = known[place]
    return None if keys is None or before is None else keys | before


def _made(manifest: Manifest) -> Iterator[tuple[str, Keys]]:
    spec = manifest.view["spec"]
    match manifest.kind:
        case "Secret":
            yield manifest.name, _own_keys(manifest)
        case "SealedSecret":
            template = spec["template"]
            keys = frozenset((*spec["encryptedData"].mapping, *template["data"].mapping))
            yield template.at("metadata", "name").text or manifest.name, keys or None
        case "ExternalSecret":
            yield spec.at("target", "name").text or manifest.name, _external_keys(spec)
        case kind:
            yield from ((each.text, None) for each in _at(manifest.view, _NAMED[kind]) if each.text)


def _own_keys(secret: Manifest) -> Keys:
    """The keys as written; unknown where a controller writes them."""
    annotations = secret.view.at("metadata", "annotations").mapping
    if secret.view["type"].text == "kubernetes.io/service-account-token":
        return None
    if any(key.startswith(_COPIED) for key in annotations):
        return None
    return frozenset((*secret.view["data"].mapping, *secret.view["stringData"].mapping)) or None


def _external_keys(spec: View) -> Keys:
    """The keys that External Secrets writes: those of the template, or else of the data."""
    template = spec.at("target", "template")
    if template["templateFrom"]:
        return None
    templated = template["data"].mapping
    if templated and template["mergePolicy"].text != "Merge":
        return frozenset(templated)
    if spec["dataFrom"] or not spec["data"]:
        return None
    return frozenset((*templated, *(each["secretKey"].text for each in spec["data"])))


def _is_certified(ingress: Manifest) -> bool:
    """Whether cert-manager makes the Secrets of an Ingress."""
    annotations = ingress.view.at("metadata", "annotations").mapping
    return any(key.startswith("cert-manager.io/") or key == "kubernetes.io/tls-acme" for key in annotations)


def _at(view: View, path: tuple[str, ...]) -> Iterator[View]:
    for position, step in enumerate(path):
        if step == "*":
            for item in view:
                yield from _at(item, path[position + 1 :])
            return
        view = view[step]
    yield view
