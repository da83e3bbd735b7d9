from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import pytest

from tiered.chart import Chart
from tiered.manifest import Manifest
from tiered.workloads.container import Resources
from tiered.workloads.pod import Placement
from tiered.workloads.program import Program


@pytest.fixture
def placement() -> Placement:
    return Placement(
        tier="async-workers", priority_class="async-workers-q-ai", node_selector={"tier": "async-workers"}
    )


@pytest.fixture
def program() -> Callable[..., Program]:
    """A program with some resources; what a test is about it names itself."""

    def make(*command: str, **more: Any) -> Program:
        return Program(
            **{
                "image": "ghcr.io/example/waste:sha-abc123",
                "command": command or ("serve",),
                "resources": Resources(
                    requests={"cpu": "150m", "memory": "256Mi"}, limits={"cpu": "200m", "memory": "256Mi"}
                ),
                **more,
            }
        )

    return make


@pytest.fixture
def made(chart: Chart, valid: Callable[[Iterable[Manifest]], None]) -> Callable[[], Mapping[str, Any]]:
    """The chart's objects by kind, valid and at most one of each."""

    def read() -> Mapping[str, Any]:
        valid(chart.manifests)
        objects = {manifest.kind: cast("Any", manifest.body) for manifest in chart.manifests}
        assert len(objects) == len(chart.manifests)
        return objects

    return read
