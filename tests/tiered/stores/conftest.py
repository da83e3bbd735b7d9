from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from tiered.chart import Chart
from tiered.manifest import Manifest
from tiered.messaging.topology import DeadLetters, Queue, Task, Topology
from tiered.workloads.container import Resources
from tiered.workloads.pod import Placement


@pytest.fixture
def placement() -> Placement:
    return Placement(
        tier="storage",
        priority_class="storage",
        node_selector={"tier": "storage"},
        tolerations=[{"key": "tier", "operator": "Equal", "value": "storage", "effect": "NoSchedule"}],
    )


@pytest.fixture
def resources() -> Resources:
    return Resources(requests={"cpu": "200m", "memory": "1Gi"}, limits={"cpu": "400m", "memory": "1Gi"})


@pytest.fixture
def topology() -> Topology:
    return Topology(
        exchange="tasks",
        dead_letters=DeadLetters(exchange="dlx", queue="q.dlq", max_length=10),
        queues=[
            Queue(
                name="q.ai",
                priority=10,
                binding="ai.#",
                max_length=10,
                time_limit_seconds=3600,
                tasks={"image.analyze": Task(routing_key="ai.image.analyze", seconds=3)},
            )
        ],
    )


@pytest.fixture
def made(
    chart: Chart, valid: Callable[[Iterable[Manifest]], None]
) -> Callable[[], Mapping[tuple[str, str], Any]]:
    """The chart's objects by kind and name, after the API server's schemas have passed them."""

    def read() -> Mapping[tuple[str, str], Any]:
        valid(chart.manifests)
        return {(manifest.kind, manifest.name): manifest.body for manifest in chart.manifests}

    return read
