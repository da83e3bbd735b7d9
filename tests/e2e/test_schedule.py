"""Each scheduled task: asked for by the operator, sent by the scheduler, done by a worker."""

from __future__ import annotations

import json

import pytest

from tests.e2e.operator_actions import figure
from tests.servers.waiting import eventually

TASKS = ["analytics.daily", "backup.database", "cleanup.cache", "stats.aggregate"]


def test_these_are_all_that_are_scheduled(manifests):
    found = manifests.get("ConfigMap", "default", "messaging", asked_by="the test")
    queues = json.loads(found["data"]["messaging.json"])["queues"].values()
    plans = {name: task["schedule"] for queue in queues for name, task in queue["tasks"].items()}
    assert sorted(name for name, plan in plans.items() if plan) == TASKS


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_the_operator_asks_for_is_done(cluster, task):
    def done():
        return figure(cluster, "celery_tasks_total", task=task, state="success")

    before = done()
    cluster.pod("celery-beat").run("python", "-m", "apps.beat.schedule", "run", task)
    eventually(lambda: done() > before, f"{task} has succeeded")


def test_a_backup_lies_in_the_bucket_of_backups(cluster, s3):
    bucket = cluster.pod("batch-worker").process.environment["BACKUP_BUCKET"]
    found = s3.client().list_objects_v2(Bucket=bucket)
    assert found["KeyCount"] > 0
