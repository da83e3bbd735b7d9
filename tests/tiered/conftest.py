"""What the tests of all constructs share: a chart to add to, and the API server's own schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import cdk8s
import kubernetes_validate
import pytest

from tiered.chart import Chart
from tiered.manifest import Manifest

OLDEST, NEWEST = "1.28", "1.37"


@pytest.fixture
def chart() -> Chart:
    return Chart(
        cdk8s.Testing.app(),
        "waste",
        namespace="waste",
        labels={"app.kubernetes.io/part-of": "reference", "app.kubernetes.io/managed-by": "tierwright"},
    )


@pytest.fixture
def valid() -> Callable[[Iterable[Manifest]], None]:
    """Fails unless every object of Kubernetes itself has exactly the fields that its API knows."""

    def check(manifests: Iterable[Manifest]) -> None:
        for manifest in manifests:
            if "." in manifest.group and not manifest.group.endswith(".k8s.io"):
                continue  # a custom resource: Kubernetes has no schema for it
            for version in (OLDEST, NEWEST):
                kubernetes_validate.validate(manifest.body, version, strict=True)

    return check
