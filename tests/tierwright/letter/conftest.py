from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tierwright.letter.letter import ROOT, Edit, Generated, described, generated, refused, tampered
from tierpolicies.report.model import Report


@pytest.fixture(scope="session")
def shipped_prod() -> Generated:
    return generated(ROOT, "prod")


@pytest.fixture(scope="session")
def shipped_dev() -> Generated:
    return generated(ROOT, "dev")


@pytest.fixture
def follow(tmp_path: Path) -> Callable[..., Generated]:
    """Generate prod from a description that differs in some files: `follow({file: edit})`."""
    return lambda edits: generated(described(tmp_path, edits), "prod")


@pytest.fixture
def problems(tmp_path: Path) -> Callable[..., list[str]]:
    """What is wrong with a description that differs in some files."""
    return lambda edits: refused(tmp_path, edits)


@pytest.fixture
def tamper(tmp_path: Path, shipped_prod: Generated) -> Callable[[str, Edit], Report]:
    """Judge the shipped manifests with one of them changed: `tamper("Kind/namespace/name", edit)`."""
    return lambda name, edit: tampered(tmp_path, shipped_prod, name, edit)
