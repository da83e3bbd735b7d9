from __future__ import annotations

from pathlib import Path

import pytest

from tests.tierwright.description.small_platform import Project, lay_out


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return lay_out(tmp_path)
