"""Whether two files are never applied together: those of two environments, or of two kustomizations."""

import re
from collections.abc import Iterator
from posixpath import normpath

from tierpolicies.documents.reader import Tree

_ENVIRONMENTS = frozenset(
    (
        "canary",
        "ci",
        "demo",
        "dev",
        "develop",
        "development",
        "dr",
        "e2e",
        "int",
        "integration",
        "lab",
        "live",
        "local",
        "nonprod",
        "perf",
        "pre",
        "preprod",
        "preproduction",
        "preview",
        "prd",
        "prod",
        "production",
        "qa",
        "sandbox",
        "stage",
        "staging",
        "stg",
        "test",
        "testing",
        "uat",
    )
)
_PARENTS = frozenset(("clusters", "environments", "envs", "overlays", "stages"))
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_WORDS = re.compile(r"[-_.]")


class Overlays:
    """The folders of a tree that are applied each by itself.

    Two folders are, that differ by the name of an environment (`dev` and `prod`, `shop-dev` and
    `shop-prod`), that stand side by side in a folder called overlays, environments or the like, or
    that have a kustomization each. A file that a kustomization takes as a patch is never applied by
    itself. Everything else is taken to be applied together.
    """

    def __init__(self, tree: Tree) -> None:
        self._kustomized = frozenset(
            folder
            for folder, _, name in (file.rpartition("/") for file in tree.files)
            if name in _KUSTOMIZATIONS
        )
        self._patches = frozenset(_patches(tree)) if self._kustomized else frozenset()

    def apart(self, one: str, other: str) -> bool:
        """Whether two files are never applied together."""
        if one in self._patches or other in self._patches:
            return True
        ours, theirs = one.split("/")[:-1], other.split("/")[:-1]
        for depth, (our, their) in enumerate(zip(ours, theirs, strict=False)):
            if our != their:
                if depth and ours[depth - 1] in _PARENTS:
                    return True
                if _without_environment(our) == _without_environment(their):
                    return True
                break
        return self._kustomization(ours) != self._kustomization(theirs)

    def _kustomization(self, folders: list[str]) -> str | None:
        """The nearest folder above a file that has a kustomization."""
        if not self._kustomized:
            return None
        for depth in range(len(folders), -1, -1):
            folder = "/".join(folders[:depth])
            if folder in self._kustomized:
                return folder
        return None


def _patches(tree: Tree) -> Iterator[str]:
    """The files that kustomizations take as patches."""
    for manifest in tree.manifests:
        if manifest.kind == "Kustomization":
            folder = manifest.file.rpartition("/")[0]
            view = manifest.view
            named = [*view["patchesStrategicMerge"], *(each["path"] for each in view["patches"])]
            yield from (normpath(f"{folder}/{each.text}").lstrip("/") for each in named if each.text)


def _without_environment(folder: str) -> tuple[str, ...] | str:
    """The words of a folder's name but the environment; the name itself where it names none."""
    words = _WORDS.split(folder.lower())
    rest = tuple(word for word in words if word not in _ENVIRONMENTS)
    return rest if len(rest) == len(words) - 1 else folder
