from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.workloads.autoscaling import ExternalTarget, Replicas
from tiered.workloads.celery_worker import CeleryWorker

CELERY = ("celery", "--app", "apps.worker_ai", "worker", "--loglevel", "INFO")


@pytest.fixture
def worker(chart, program, placement):
    def make(*command, **more):
        return CeleryWorker(
            chart,
            "ai-worker",
            **{
                "program": program(*(command or CELERY)),
                "placement": placement,
                "pool": "gevent",
                "concurrency": 4,
                "queues": ["q.ai"],
                "time_limit_seconds": 300,
                **more,
            },
        )

    return make


def test_a_worker_scaled_on_its_queue(worker, chart, made):
    # GIVEN
    length = ExternalTarget(
        metric="rabbitmq_queue_messages", average_value="10", labels={"queue": "q.ai"}
    )  # fmt: skip
    # WHEN
    worker(replicas=Replicas(minimum=3, maximum=10, target=length))
    # THEN
    objects = made()
    assert list(objects) == ["ServiceAccount", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"]
    assert objects["HorizontalPodAutoscaler"]["spec"]["metrics"] == [
        {
            "type": "External",
            "external": {
                "metric": {
                    "name": "rabbitmq_queue_messages",
                    "selector": {"matchLabels": {"queue": "q.ai"}},
                },
                "target": {"type": "AverageValue", "averageValue": "10"},
            },
        }
    ]
    assert "replicas" not in objects["Deployment"]["spec"]


def test_the_command_line_names_pool_concurrency_and_queues(worker, made):
    worker(queues=["q.batch", "q.sched"], pool="prefork")

    [container] = made()["Deployment"]["spec"]["template"]["spec"]["containers"]

    assert container["command"] == [
        *CELERY,
        *("--pool", "prefork"),
        *("--concurrency", "4"),
        *("--queues", "q.batch,q.sched"),
        *("--hostname", "ai-worker@%h"),
        *("--prefetch-multiplier", "1"),
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]


def test_the_longest_task_ends_before_the_pod_is_killed_and_the_rollout_waits_for_it(worker, made):
    worker(time_limit_seconds=600, startup_seconds=120)

    spec = made()["Deployment"]["spec"]

    grace = spec["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace == 630
    assert spec["progressDeadlineSeconds"] > grace + 120 + spec["minReadySeconds"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


def test_health_is_asked_over_http_not_by_starting_another_celery(worker, made):
    worker(metrics_port=9191)

    [container] = made()["Deployment"]["spec"]["template"]["spec"]["containers"]

    assert container["ports"] == [{"name": "metrics", "containerPort": 9191, "protocol": "TCP"}]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["port"] == "metrics"
    assert "lifecycle" not in container


def test_a_worker_that_is_stuck_is_not_given_the_time_of_its_longest_task(worker, made):
    worker(time_limit_seconds=600)

    [container] = made()["Deployment"]["spec"]["template"]["spec"]["containers"]

    liveness = container["livenessProbe"]
    assert liveness["periodSeconds"] * liveness["failureThreshold"] == 60
    assert liveness["terminationGracePeriodSeconds"] == 30


@pytest.mark.parametrize(
    ("command", "arguments", "reason"),
    [
        ((), {"queues": []}, "names no queue"),
        ((), {"concurrency": 0}, "a gevent pool cannot run 0 tasks"),
        ((), {"pool": "solo", "concurrency": 2}, "a solo pool cannot run 2 tasks"),
        (("python", "-m", "apps.worker_ai"), {}, "celery -A APP worker"),
        ((*CELERY, "-Q", "q.ai"), {}, "-Q is derived"),
        ((*CELERY, "--pool=gevent"), {}, "--pool is derived"),
    ],
)
def test_what_celery_could_not_run_is_refused(worker, command, arguments, reason):
    with pytest.raises(TieredError, match=reason):
        worker(*command, **arguments)
