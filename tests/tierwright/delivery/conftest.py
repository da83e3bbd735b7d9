"""A project with its remote, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.servers.registry import Registry
from tests.tierwright.delivery.road import Road


@pytest.fixture
def road(tmp_path: Path, registry: Registry) -> Road:
    """The project, never released."""
    folder = tmp_path / "road"
    folder.mkdir()
    return Road.new(folder, registry)


@pytest.fixture(scope="session")
def first_release(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Road:
    """The project after its first release. To be read only."""
    folder = tmp_path_factory.mktemp("first-release")
    road = Road.new(folder, registry)
    done = road.clone("first").release()
    assert done.returncode == 0, done.stderr
    (folder / "told.txt").write_text(done.stdout + done.stderr)
    return road


@pytest.fixture
def released(first_release: Road, tmp_path: Path) -> Road:
    """A copy of the released project, for a test to change."""
    remote = tmp_path / "remote.git"
    shutil.copytree(first_release.remote, remote)
    return Road(remote, tmp_path, first_release.registry)
