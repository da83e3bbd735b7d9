"""PriorityClasses."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.manifest import Manifest
from tiered.tiers.priority import PriorityClass


def test_a_priority_class_is_a_cluster_object_of_the_first_wave(
    chart: Chart, valid: Callable[[Iterable[Manifest]], None]
) -> None:
    PriorityClass(chart, "priority", name="tier-storage", value=4000, description="Stores.")

    (rank,) = chart.manifests
    assert rank.identity == ("scheduling.k8s.io", "PriorityClass", "", "tier-storage")
    assert rank.metadata["annotations"] == {"argocd.argoproj.io/sync-wave": "-10"}
    assert (rank.body["value"], rank.body["description"]) == (4000, "Stores.")
    valid(chart.manifests)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("tier", 1_000_000_001, "kept for the system: lower it"), ("system-tier", 1, "rename it")],
)
def test_what_belongs_to_the_system_is_refused(chart: Chart, name: str, value: int, told: str) -> None:
    with pytest.raises(TieredError, match=told):
        PriorityClass(chart, "priority", name=name, value=value, description="")
