"""Autoscalers that cannot scale, or scale too far."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.operator import Object, found_by
from tests.mutation.places import of_kind


@found_by("autoscaling/target")
def scales_nobody(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "HorizontalPodAutoscaler"):
        copy["spec"]["scaleTargetRef"]["name"] += "x"
        yield copy


@found_by("autoscaling/bounds")
def minimum_above_maximum(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "HorizontalPodAutoscaler"):
        copy["spec"]["minReplicas"] = copy["spec"]["maxReplicas"] + 1
        yield copy


@found_by("autoscaling/external-metric")
def metric_that_nobody_serves(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "HorizontalPodAutoscaler"):
        for metric in copy["spec"]["metrics"]:
            if metric["type"] == "External":
                metric["external"]["metric"]["name"] += "_total"
                yield copy


@found_by("budget/tier-maximum")
def maximum_beyond_the_tier(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "HorizontalPodAutoscaler"):
        copy["spec"]["maxReplicas"] = 90
        yield copy
