"""The shipped platform, read once for all tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierwright.compose.plan import Plan
from tierwright.description.loading import Description, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shipped() -> Description:
    return load(ROOT)


@pytest.fixture(scope="session")
def prod(shipped: Description) -> Plan:
    return Plan(shipped, "prod")


@pytest.fixture(scope="session")
def dev(shipped: Description) -> Plan:
    return Plan(shipped, "dev")
