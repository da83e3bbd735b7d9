"""The package's face: everything it offers is there, and nothing starts Node before it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tiered


@pytest.mark.parametrize("name", tiered.__all__)
def test_every_exported_name_exists(name: str) -> None:
    assert getattr(tiered, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Chrat"):
        _ = tiered.Chrat


@pytest.mark.parametrize(
    "module",
    [
        "tiered",
        "tiered.emitter",
        "tiered.quantity",
        "tiered.messaging.topology",
        "tiered.network.flow",
        "tiered.workloads.autoscaling",
        "tiered.workloads.pod",
    ],
)
def test_plain_data_starts_no_node(module: str) -> None:
    script = f"import sys, {module}; sys.exit('cdk8s' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
