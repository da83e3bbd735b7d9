"""CustomResourceDefinitions: the kinds they define, version by version."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View

KIND = "CustomResourceDefinition"
GROUP = "apiextensions.k8s.io"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a custom kind: whether it is served, and what its resources may hold.

    `pruned` says that fields which the schema does not name are dropped. `warning` is empty for a
    version that is not deprecated.
    """

    name: str
    served: bool
    schema: View
    pruned: bool
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A custom kind as a CustomResourceDefinition defines it."""

    manifest: Manifest
    group: str
    kind: str
    is_cluster_scoped: bool
    versions: dict[str, Version]

    @property
    def served(self) -> list[str]:
        """The versions that an API server serves."""
        return [each.name for each in self.versions.values() if each.served]


def defined(manifests: Iterable[Manifest]) -> dict[tuple[str, str], Definition]:
    """What definitions define, by group and kind; the first of several for one kind counts."""
    found: dict[tuple[str, str], Definition] = {}
    for manifest in manifests:
        if manifest.kind == KIND and manifest.group == GROUP and not manifest.damaged:
            spec = manifest.view["spec"]
            group, kind = spec["group"].text, spec.at("names", "kind").text
            versions = {each.name: each for each in _versions(spec)}
            if group and kind:
                scope = spec["scope"].text == "Cluster"
                found.setdefault((group, kind), Definition(manifest, group, kind, scope, versions))
    return found


def _versions(spec: View) -> Iterator[Version]:
    """The versions; in v1beta1 one may stand alone, and all may share a schema."""
    shared = spec["validation"]["openAPIV3Schema"]
    preserves = spec["preserveUnknownFields"].value
    is_old = bool(spec["validation"] or spec["version"])
    pruned = preserves is not True and not (is_old and preserves is None)
    for each in spec["versions"]:
        own = each["schema"]["openAPIV3Schema"]
        warning = each["deprecationWarning"].text or "it is deprecated"
        yield Version(
            each["name"].text,
            each["served"].value is not False,
            own or shared,
            pruned,
            warning if each["deprecated"].value is True else "",
        )
    if not isinstance(spec["versions"].value, list) and spec["version"].text:
        yield Version(spec["version"].text, True, shared, pruned)
