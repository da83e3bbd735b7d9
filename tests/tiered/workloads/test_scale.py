from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.workloads.autoscaling import CpuTarget, ExternalTarget, Replicas
from tiered.workloads.container import Container, Resources, Variable, scratch
from tiered.workloads.rollout import Rollout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"minimum": -1}, "no range"),
        ({"minimum": 3, "maximum": 2}, "no range"),
        ({"minimum": 1, "maximum": 2}, "nothing decides between 1 and 2"),
        ({"minimum": 0, "maximum": 2, "target": CpuTarget()}, "HPAScaleToZero"),
    ],
)
def test_replicas_that_cannot_be_are_refused(arguments, reason):
    with pytest.raises(TieredError, match=reason):
        Replicas(**arguments)


def test_a_range_of_one_number_is_fixed():
    replicas = Replicas(minimum=2, maximum=2, target=CpuTarget())

    assert (replicas.most, replicas.scaled) == (2, False)


def test_an_external_metric_without_labels_has_no_selector_and_a_canonical_value():
    body = ExternalTarget(metric="jobs_waiting", average_value="0.5").body()

    assert body["external"] == {
        "metric": {"name": "jobs_waiting"},
        "target": {"type": "AverageValue", "averageValue": "500m"},
    }


@pytest.mark.parametrize(
    "bounds", [(0, 0), ("0%", 0), (0, "0%"), (-1, 1), ("1", 0), ("101%", 0), ("half", 0)]
)
def test_a_rollout_that_cannot_move_is_refused(bounds):
    with pytest.raises(TieredError, match="1"):
        Rollout(max_surge=bounds[0], max_unavailable=bounds[1])


def test_a_rollout_takes_percentages():
    assert Rollout(max_surge="25%", max_unavailable="0%").strategy == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "0%"},
    }


@pytest.mark.parametrize(
    ("twice", "reason"),
    [
        ({"environment": [Variable(name="A", value="1"), Variable(name="A", value="2")]}, "variable A"),
        ({"ports": {"http": 8000, "metrics": 8000}}, "port 8000"),
        ({"volumes": [scratch(), scratch(name="other")]}, "mount path /tmp"),
    ],
)
def test_a_container_states_everything_once(twice, reason):
    with pytest.raises(TieredError, match=f"{reason} twice"):
        Container(name="app", image="app:1", resources=Resources(requests={}, limits={}), **twice)
