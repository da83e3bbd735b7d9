"""Every pod is scraped by its PodMonitor, and shows what dashboards and alerts ask for by name."""

from __future__ import annotations

from functools import partial

from tests.e2e.app import photo
from tests.e2e.conftest import REPLICAS
from tests.e2e.monitors import scrape
from tests.e2e.operator_actions import figure
from tests.servers.waiting import eventually


def test_every_service_shows_its_requests(cluster, phone):
    for namespace in ("auth", "users", "locations", "waste"):
        for _ in range(max(REPLICAS.values())):  # replicas are asked by turns
            phone.http.get(f"/api/v1/{namespace}/nothing")
    for each in scrape(cluster.node.manifests, cluster.pods):
        if each.pod.labels["app.kubernetes.io/component"] == "api":
            assert each.sum("http_requests_total") > 0, each.pod.owner
            assert each.sum("http_request_duration_seconds_count") > 0, each.pod.owner


def test_every_other_pod_shows_metrics_of_its_own(cluster):
    for each in scrape(cluster.node.manifests, cluster.pods):
        assert each.samples, each.pod.owner


def test_tasks_are_timed_by_queue(cluster, user):
    user.analyze(photo())
    for task in ("analytics.daily", "stats.aggregate"):
        cluster.pod("celery-beat").run("python", "-m", "apps.beat.schedule", "run", task)
    for queue in ("q.ai", "q.api", "q.batch", "q.sched"):
        timed = partial(figure, cluster, "celery_task_duration_seconds_count", queue=queue)
        eventually(timed, f"a task of {queue} is timed")


def test_no_pod_was_restarted_or_became_unready(cluster):
    assert cluster.problems == []
    assert all(pod.ready for pod in cluster.pods)
