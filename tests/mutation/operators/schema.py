"""What the API server would refuse."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from tests.mutation.operator import Object, found_by
from tests.mutation.places import of_kind, pods


@found_by("schema/valid")
def unknown_field(value: Object) -> Iterator[Object]:
    copy = deepcopy(value)
    copy["spce"] = {}
    yield copy


@found_by("schema/removed-api")
def removed_api(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "PodDisruptionBudget"):
        copy["apiVersion"] = "policy/v1beta1"
        yield copy


@found_by("schema/valid")
def text_for_a_number(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Deployment", "StatefulSet", "HorizontalPodAutoscaler"):
        for field in ("replicas", "maxReplicas"):
            if field in copy["spec"]:
                copy["spec"][field] = "three"
                yield copy


@found_by("schema/container-names")
def container_twice(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        pod["containers"].append(deepcopy(pod["containers"][0]))
        yield copy


@found_by("schema/object-name")
def name_with_capitals(value: Object) -> Iterator[Object]:
    if value["kind"] == "PodDisruptionBudget":
        return  # the one kind here whose names Kubernetes does not look at
    copy = deepcopy(value)
    copy["metadata"]["name"] = "Not_A_Name"
    yield copy


@found_by("input/unknown-kind")
def kind_misspelt(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Deployment", "Service"):
        copy["kind"] += "s"
        yield copy
