"""What Argo CD reads from the annotations of the objects that it applies."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View

WAVE = "argocd.argoproj.io/sync-wave"
HOOK = "argocd.argoproj.io/hook"
HOOK_DELETE_POLICY = "argocd.argoproj.io/hook-delete-policy"
OPTIONS = "argocd.argoproj.io/sync-options"
KEPT = "helm.sh/resource-policy"
_PHASES = {"PreSync": 0, "Sync": 1, "PostSync": 2}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


class Word(NamedTuple):
    """A word of a list with commas, and its place in the text."""

    text: str
    offset: int


class Turn(NamedTuple):
    """When an object is applied: the phase (0 before the sync, 1 in it, 2 after it), then the wave."""

    phase: int
    wave: int

    def __str__(self) -> str:
        """As people call it."""
        return (
            f"wave {self.wave}" if self.phase == 1 else f"the {'Pre' if not self.phase else 'Post'}Sync hooks"
        )


def annotation(manifest: Manifest, name: str) -> View:
    """An annotation of an object."""
    return manifest.view.at("metadata", "annotations", name)


def words(text: str) -> Iterator[Word]:
    """The words of a list with commas; empty ones are left out, as Argo CD does."""
    offset = 0
    for part in text.split(","):
        if part.strip():
            yield Word(part.strip(), offset + len(part) - len(part.lstrip()))
        offset += len(part) + 1


def is_wave(text: str) -> bool:
    """Whether Argo CD takes a text for a wave; it reads any other as wave 0."""
    return _INTEGER.fullmatch(text) is not None


def turn(manifest: Manifest) -> Turn | None:
    """When an object is applied; nothing where it is in no ordinary sync, or in several phases."""
    wave = annotation(manifest, WAVE).text
    number = int(wave) if is_wave(wave) else 0
    hooks = [word.text for word in words(annotation(manifest, HOOK).text)]
    if not hooks:
        return None if manifest.view.at("metadata", "annotations", "helm.sh/hook") else Turn(1, number)
    phase = _PHASES.get(hooks[0]) if len(hooks) == 1 else None
    return None if phase is None else Turn(phase, number)
