"""Which folders of the checked tree Argo CD's Applications take their manifests from.

An Application names a path from the root of its repository, `dist/prod/tier-2/auth`, while a check
may start anywhere in it. So a path means the folder of the tree that its end names, the longest
such end: `tier-2/auth` where `dist/prod` is checked, `prod/tier-2/auth` where `dist` is. What is
left over, the prefix, must be the same for all Applications, which tells a path into another
environment from a right one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.reader import Tree
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index

GROUP = "argoproj.io"
IN_CLUSTER = "https://kubernetes.default.svc"
"""The server by which Argo CD knows its own cluster; its name is `in-cluster`."""


@dataclass(frozen=True, slots=True)
class GitSource:
    """A source of an Application that is a path in a git repository, and the folder it means."""

    application: Manifest
    view: View
    folder: str | None
    prefix: str

    @property
    def path(self) -> str:
        """The path as written, without slashes around it."""
        return self.view["path"].text.strip("/")

    def owns(self, file: str) -> bool:
        """Whether Argo CD applies a file because of this source."""
        if self.folder is None:
            return False
        parent = PurePosixPath(file).parent
        if self.view.at("directory", "recurse").value is True:
            return parent.is_relative_to(self.folder)
        return parent == PurePosixPath(self.folder)


class Sources:
    """The git sources of all Applications of a tree that lead into this tree's repository.

    `is_whole` says that the tree is all that the Applications are about; otherwise, where no path
    leads into the tree, they are about another repository.
    """

    def __init__(self, tree: Tree, *, is_whole: bool) -> None:
        self._folders = tree.folders
        self._is_whole = is_whole
        self._all = [
            self._resolved(manifest, view)
            for manifest in tree.manifests
            if manifest.kind == "Application" and manifest.group == GROUP
            for view in _sources(manifest)
        ]

    @cached_property
    def prefix(self) -> str:
        """What most paths have before the part that the tree knows."""
        counted = Counter(source.prefix for source in self._all if source.folder is not None)
        return max(counted, key=lambda prefix: (counted[prefix], prefix), default="")

    def __iter__(self) -> Iterator[GitSource]:
        """Those of the repository that the tree stands in: other repositories are not judged."""
        resolved = [source for source in self._all if source.folder is not None]
        repositories = {source.view["repoURL"].text for source in resolved}
        for source in self._all:
            if source.folder is None and resolved and source.path == self.prefix:
                yield replace(source, folder=".", prefix=self.prefix)
            elif source.view["repoURL"].text in repositories or (self._is_whole and not repositories):
                yield source

    def _resolved(self, application: Manifest, view: View) -> GitSource:
        parts = PurePosixPath(view["path"].text.strip("/")).parts
        for start in range(len(parts)):
            folder = "/".join(parts[start:])
            if folder in self._folders:
                return GitSource(application, view, folder, "/".join(parts[:start]))
        return GitSource(application, view, None, "")


def _sources(application: Manifest) -> Iterator[View]:
    spec = application.view["spec"]
    for view in (spec["source"], *spec["sources"]):
        if view["path"].text and not view["chart"]:
            yield view


class Template(NamedTuple):
    """The spec of an Application, or of those that an ApplicationSet makes."""

    manifest: Manifest
    spec: View

    @property
    def sources(self) -> Iterator[View]:
        """Where it takes its objects from."""
        yield from (each for each in (self.spec["source"], *self.spec["sources"]) if each)


def template(manifest: Manifest) -> Template | None:
    """What an Application or ApplicationSet says; nothing for a namesake of another group."""
    if manifest.group != GROUP:
        return None
    spec = manifest.view["spec"]
    return Template(manifest, spec.at("template", "spec") if manifest.kind == "ApplicationSet" else spec)


def templates(index: Index) -> Iterator[Template]:
    """Every Application and ApplicationSet."""
    for manifest in index.of_kind("Application", "ApplicationSet"):
        found = template(manifest)
        if found is not None:
            yield found


class Owners:
    """The Applications that apply each file of a tree."""

    def __init__(self, sources: Sources) -> None:
        self._sources = [source for source in sources if source.folder is not None]
        self._owners: dict[str, tuple[Manifest, ...]] = {}

    def of(self, file: str) -> tuple[Manifest, ...]:
        """Those that apply a file, in the order of the tree."""
        folder = file.rpartition("/")[0]
        if folder not in self._owners:
            owning = {id(each.application): each.application for each in self._sources if each.owns(file)}
            self._owners[folder] = tuple(owning.values())
        return self._owners[folder]
