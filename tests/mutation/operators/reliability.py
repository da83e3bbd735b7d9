"""Probes, disruption budgets and schedulers."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from tests.mutation.operator import Object, found_by
from tests.mutation.places import containers, of_kind


@found_by("reliability/readiness-probe")
def no_readiness_probe(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        if container.pop("readinessProbe", None) and container.get("ports"):
            yield copy


@found_by("reliability/liveness-probe")
def no_liveness_probe(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        # An exporter that hangs is missed by whoever scrapes it, and nobody else asks it.
        exports = {port["name"] for port in container.get("ports", ())} == {"metrics"}
        if container.pop("livenessProbe", None) and not exports:
            yield copy


@found_by("reliability/identical-probes")
def identical_probes(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        if "readinessProbe" in container and "livenessProbe" in container:
            container["livenessProbe"] = deepcopy(container["readinessProbe"])
            yield copy


@found_by("reliability/probe-port")
def probe_on_another_port(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        for handler in ("httpGet", "tcpSocket"):
            if handler in container.get("readinessProbe", {}):
                container["readinessProbe"][handler]["port"] = "htpt"
                yield copy


@found_by("reliability/budget-blocks-drain")
def budget_that_blocks_a_drain(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "PodDisruptionBudget"):
        copy["spec"]["maxUnavailable"] = 0
        yield copy


@found_by("reliability/single-scheduler")
def two_schedulers(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Deployment"):
        labels = copy["spec"]["template"]["metadata"]["labels"]
        if labels.get("app.kubernetes.io/component") == "scheduler":
            copy["spec"]["replicas"] = 2
            yield copy
