"""The delivered objects, read as Argo CD reads them, and copies of them with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

_WAVE = "argocd.argoproj.io/sync-wave"


class ManifestError(Exception):
    """The manifests do not describe a system that works: what, where, and what was seen."""


class Manifests:
    """All objects of one environment."""

    def __init__(self, objects: list[Object]) -> None:
        self._objects = objects

    @classmethod
    def read(cls, folder: Path) -> Manifests:
        """The objects of every file below `folder`."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        documents = (
            document
            for path in sorted(folder.rglob("*.yaml"))
            for document in yaml.load_all(path.read_text(), loader)
        )
        return cls([document for document in documents if document])

    def of(self, *kinds: str, namespace: str | None = None) -> Iterator[Object]:
        """The objects of these kinds, by sync wave."""
        found = (each for each in self._objects if each["kind"] in kinds)
        for each in sorted(found, key=wave):
            if namespace in (None, each["metadata"].get("namespace")):
                yield each

    def get(self, kind: str, namespace: str, name: str, *, asked_by: str) -> Object:
        """One object.

        Raises:
            ManifestError: there is none, which `asked_by` names.
        """
        for each in self.of(kind, namespace=namespace):
            if each["metadata"]["name"] == name:
                return each
        message = f"{asked_by} names {kind} {namespace}/{name}, which is not delivered"
        raise ManifestError(message)

    def changed(self, kind: str, namespace: str, name: str, change: Callable[[Object], None]) -> Manifests:
        """A copy in which `change` has altered this one object."""
        copy = Manifests(deepcopy(self._objects))
        change(copy.get(kind, namespace, name, asked_by="the test"))
        return copy


def wave(found: Object) -> int:
    """When Argo CD applies the object: lower ones first."""
    return int(found["metadata"].get("annotations", {}).get(_WAVE, "0"))


def told(found: Object) -> str:
    """How messages name an object."""
    return f"{found['kind']} {found['metadata'].get('namespace', '')}/{found['metadata']['name']}"
