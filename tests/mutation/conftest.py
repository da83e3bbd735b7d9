"""The environments whose objects are spoilt: the shipped one and that of the second platform."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.mutation.trial import TODAY, Trial
from tierpolicies.documents.reader import is_read
from tierwright.description.loading import load, load_platform
from tierwright.facts import facts
from tierwright.synthesis import synthesize

ROOT = Path(__file__).parents[2]
ORCHARD = ROOT / "tests/platforms/orchard"


@pytest.fixture(scope="session")
def trials() -> Mapping[str, Trial]:
    """By name: `dist/prod` as it is committed, and what the second platform's description makes."""
    prod = ROOT / "dist" / "prod"
    files = {
        path.relative_to(prod).as_posix(): path.read_bytes() for path in prod.rglob("*") if path.is_file()
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ORCHARD)
        made = synthesize(load(ORCHARD), ["live"], today=TODAY, progress=lambda _: None)
    return {
        "prod": Trial(_manifests(files), facts(load_platform(ROOT / "platform.yaml"), "prod")),
        "orchard": Trial(_manifests(made[0].files), facts(load_platform(ORCHARD / "platform.yaml"), "live")),
    }


def _manifests(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if is_read(name)}
