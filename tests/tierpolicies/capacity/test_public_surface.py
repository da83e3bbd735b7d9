"""What others may build on: every public name is there, and importing the package imports nothing of it."""

import subprocess
import sys

import pytest

from tierpolicies import capacity


@pytest.mark.parametrize("name", sorted(capacity.__all__))
def test_a_public_name_is_there_and_documented(name: str) -> None:
    assert (getattr(capacity, name).__doc__ or "").strip()


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'schedule'"):
        _ = capacity.schedule


def test_the_package_alone_imports_none_of_its_parts() -> None:
    command = (
        "import sys, tierpolicies.capacity;"
        " print(sorted(each for each in sys.modules if each.startswith('tierpolicies.capacity.')))"
    )
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
