from __future__ import annotations

import pytest

from tiered.workloads.celery_beat import CeleryBeat


@pytest.mark.parametrize("replicas", [1, 2])
def test_a_scheduler_is_recreated_and_has_no_autoscaler_and_no_budget(
    chart, made, program, placement, replicas
):
    # GIVEN a description that may even ask for two, which is for the policies to judge
    CeleryBeat(
        chart, "celery-beat", program=program("celery", "beat"), placement=placement, replicas=replicas
    )
    # WHEN
    objects = made()
    # THEN
    assert list(objects) == ["ServiceAccount", "Deployment"]
    spec = objects["Deployment"]["spec"]
    assert spec["replicas"] == replicas
    assert spec["strategy"] == {"type": "Recreate"}
    assert spec["template"]["metadata"]["labels"]["app.kubernetes.io/component"] == "scheduler"
    assert spec["template"]["spec"]["containers"][0]["command"] == ["celery", "beat"]
