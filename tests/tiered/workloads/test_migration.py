from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.origin import Origin, Text
from tiered.workloads.migration import Migration


def test_a_migration_is_a_sync_hook_between_stores_and_workloads(chart, made, program, placement):
    # GIVEN
    place = Origin("apps/waste/app.yaml", 1)
    migration = Migration(
        chart, Text("waste", place), program=program("alembic", "upgrade", "head"), placement=placement
    )
    # WHEN
    objects = made()
    # THEN
    assert list(objects) == ["ServiceAccount", "Job"]
    assert {manifest.origin for manifest in chart.manifests} == {place}
    job = objects["Job"]
    assert job["metadata"]["name"] == "waste-migrate"
    assert job["metadata"]["annotations"] == {
        "argocd.argoproj.io/sync-wave": "-1",
        "argocd.argoproj.io/hook": "Sync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
    }
    assert {key: job["spec"][key] for key in ("backoffLimit", "activeDeadlineSeconds")} == {
        "backoffLimit": 5,
        "activeDeadlineSeconds": 600,
    }
    assert "ttlSecondsAfterFinished" not in job["spec"]
    pod = job["spec"]["template"]["spec"]
    assert (pod["restartPolicy"], pod["serviceAccountName"]) == ("Never", "waste-migrate")
    [container] = pod["containers"]
    assert container["command"] == ["alembic", "upgrade", "head"]
    assert not {"ports", "startupProbe", "readinessProbe", "livenessProbe"} & container.keys()
    assert migration.selector == {"app": "waste-migrate"}


def test_the_longest_app_name_leaves_room_for_the_suffix(chart, program, placement):
    with pytest.raises(TieredError, match="at most 63"):
        Migration(chart, "w" * 60, program=program(), placement=placement)
