"""Requests, limits, tiers and priorities."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.operator import Object, found_by
from tests.mutation.places import containers, pods


@found_by("scheduling/memory-limit")
def no_memory_limit(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        if container.get("resources", {}).get("limits", {}).pop("memory", None):
            yield copy


@found_by("scheduling/cpu-request")
def no_requests(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        if container.get("resources", {}).pop("requests", None):
            container["resources"].pop("limits", None)
            yield copy


@found_by("schema/request-above-limit")
def request_above_limit(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        resources = container.get("resources", {})
        if "memory" in resources.get("requests", {}) and "memory" in resources.get("limits", {}):
            resources["requests"]["memory"] = "64Gi"
            yield copy


@found_by("schema/quantities")
def unit_that_is_none(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        if "memory" in container.get("resources", {}).get("limits", {}):
            container["resources"]["limits"]["memory"] = "512MB"
            yield copy


@found_by("budget/tier-requests")
def request_beyond_the_node(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        resources = container.get("resources", {})
        if "cpu" in resources.get("requests", {}):
            resources["requests"]["cpu"] = resources.setdefault("limits", {})["cpu"] = "48"
            yield copy


@found_by("placement/tier-agreement")
def other_nodes(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        if pod.pop("nodeSelector", None):
            yield copy


@found_by("placement/tier-agreement")
def tolerates_everything(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        pod["tolerations"] = [{"operator": "Exists"}]
        yield copy


@found_by("references/priority-class")
def priority_class_misspelt(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        if pod.get("priorityClassName"):
            pod["priorityClassName"] += "x"
            yield copy
