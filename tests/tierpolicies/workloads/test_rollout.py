"""How many pods an update adds and takes, as the Deployment controller counts them."""

from __future__ import annotations

import pytest

from tests.tierpolicies.rules.judged import Parsed
from tierpolicies.documents.manifest import manifest_of
from tierpolicies.documents.yaml_source import parse
from tierpolicies.engine.index import Index
from tierpolicies.workloads.rollout import rollout


def update(kind: str, spec: str) -> tuple[int, int]:
    group = "apps.openshift.io/v1" if kind == "DeploymentConfig" else "apps/v1"
    source = parse(
        f"apiVersion: {group}\nkind: {kind}\nmetadata: {{name: web}}\nspec: {spec}\n", file="web.yaml"
    )
    value: Parsed = source.value
    (workload,) = Index([manifest_of(value, source)]).workloads
    found = rollout(workload)
    return found.surge, found.unavailable


@pytest.mark.parametrize(
    ("spec", "surge", "unavailable"),
    [
        ("{replicas: 1}", 1, 0),
        ("{replicas: 3}", 1, 0),
        ("{replicas: 4}", 1, 1),
        ("{replicas: 5}", 2, 1),
        ("{replicas: 2, strategy: {type: Recreate}}", 0, 2),
        ("{replicas: 2, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}}", 0, 1),
        ("{replicas: 2, strategy: {rollingUpdate: {maxSurge: 0%, maxUnavailable: 25%}}}", 0, 1),
        ("{replicas: 2, strategy: {rollingUpdate: {maxSurge: 2, maxUnavailable: 100%}}}", 2, 2),
        ("{replicas: 2, strategy: {rollingUpdate: {maxSurge: 1}}}", 1, 0),
        ("{replicas: 2, strategy: {rollingUpdate: {maxSurge: often, maxUnavailable: [1]}}}", 0, 1),
    ],
)
def test_a_deployment_rounds_what_it_adds_up_and_what_it_takes_down(
    spec: str, surge: int, unavailable: int
) -> None:
    assert update("Deployment", spec) == (surge, unavailable)


def test_other_kinds_add_nothing() -> None:
    assert update("StatefulSet", "{replicas: 3}") == (0, 1)
    assert update("StatefulSet", "{replicas: 4, updateStrategy: {rollingUpdate: {maxUnavailable: 50%}}}") == (
        0,
        2,
    )
    assert update("ReplicaSet", "{replicas: 3}") == (0, 0)
    assert update(
        "DeploymentConfig", "{replicas: 4, strategy: {type: Rolling, rollingParams: {maxSurge: 2}}}"
    ) == (2, 1)
