"""A real Prometheus with the delivered rules scrapes the whole platform: what it knows is what happened."""

from __future__ import annotations

import pytest

from tests.e2e.app import photo
from tests.servers.waiting import eventually

# The names that the platform's owner uses. apiserver_latency is missing: no API server runs here. Its rule is
# tried on given series by tests/alerting.
OWNERS_METRICS = [
    "node_cpu_usage",
    "node_memory_usage",
    "etcd_health",
    'pod_cpu_usage{tier="sync-api"}',
    'pod_memory_usage{tier="sync-api"}',
    'http_request_duration_seconds{tier="sync-api"}',
    'http_requests_total{tier="sync-api"}',
    'celery_task_duration_seconds{queue="q.ai"}',
    "celery_task_failures_total",
    'pod_cpu_usage{tier="async-workers"}',
    'pod_memory_usage{tier="async-workers"}',
    'rabbitmq_queue_messages{queue="q.ai"}',
    'rabbitmq_queue_messages{queue="q.dlq"}',
    "postgresql_connections_active",
    "redis_memory_used_bytes",
    "rabbitmq_cluster_status",
    'cache_hit_ratio{cache="image"}',
]
MUST_BE_SILENT = {
    "DatabaseDown",
    "RedisDown",
    "RedisCacheDown",
    "RedisFull",
    "BeatSilent",
    "EtcdDown",
    "TargetDown",
    "QueueUnconsumed",
    "QueueNearlyFull",
    "BrokerAlarm",
}


BINS = "/api/v1/locations/bins?latitude=37.5&longitude=127"


@pytest.fixture
def traffic(user, prometheus):
    """Photos that are analysed and bins that are asked for, while Prometheus looks."""
    first, second = photo(), photo()
    for image in (first, second, first):
        user.analyze(image)
    # A series that begins with its first request has nothing to rise from before the second.
    user.http.get(BINS)
    prometheus.wait_for('http_requests_total{namespace="locations"}')
    user.http.get(BINS)


def test_every_pod_and_server_is_scraped(cluster, prometheus):
    eventually(lambda: prometheus.silent() == [], "every target was scraped in time", seconds=60)
    expected = {pod.name for pod in cluster.pods} | {
        f"{store}-0" for store in ("postgres", "redis", "redis-cache", "rabbitmq")
    }
    scraped = prometheus.query('max_over_time(up{pod!=""}[1h]) == 1')
    assert {dict(labels)["pod"] for labels in scraped} == expected


@pytest.mark.usefixtures("traffic")
def test_every_metric_of_the_owner_has_data(prometheus):
    for name in OWNERS_METRICS:
        assert prometheus.wait_for(name), name


def test_every_rule_is_evaluated_without_an_error(prometheus):
    eventually(
        lambda: all(rule["health"] == "ok" for rule in prometheus.rules()),
        "every rule was evaluated",
        seconds=60,
    )
    assert len(prometheus.rules()) > 40


def test_no_alert_cries_while_all_is_well(prometheus):
    active = {rule["name"] for rule in prometheus.rules() if rule.get("alerts")}
    assert active & MUST_BE_SILENT == set()


def test_requests_are_counted_once_each(phone, prometheus):
    # Of a method that nobody else uses: phones of former tests may still be asking in their own.
    counter = 'http_requests_total{namespace="locations",method="POST"}'
    before = prometheus.count(counter)
    for _ in range(12):
        assert phone.http.post(BINS).status_code == 405
    eventually(lambda: prometheus.count(counter) >= before + 12, "twelve more are counted", seconds=60)
    assert prometheus.count(counter) == before + 12


def test_tasks_are_counted_once_each(user, prometheus):
    counter = 'celery_tasks_total{queue="q.ai",task="image.analyze",state="success"}'
    before = prometheus.count(counter)
    for _ in range(3):
        user.analyze(photo())
    eventually(lambda: prometheus.count(counter) == before + 3, "three more are counted", seconds=60)


def test_a_look_up_that_hits_raises_the_rate_of_hits(user, prometheus):
    counters = [f'cache_requests_total{{cache="image",result="{result}"}}' for result in ("hit", "miss")]
    before = [prometheus.count(counter) for counter in counters]
    image = photo()
    for _ in range(3):
        user.analyze(image)
    eventually(
        lambda: (
            [prometheus.count(counter) - then for counter, then in zip(counters, before, strict=True)]
            == [2, 1]
        ),
        "two hits and a miss more",
        seconds=60,
    )
    ratio = 'cache_hit_ratio{cache="image"}'
    eventually(
        lambda: 0 < (prometheus.value(ratio) or 0) < 1, "some look-ups hit, and some do not", seconds=60
    )


def test_open_connections_are_what_the_database_counts(postgres, prometheus):
    name = 'sum(postgresql_connections_active{datname="waste_coach"})'
    with postgres.connect("postgres") as connection:
        question = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'waste_coach'"

        def agree():
            [counted] = connection.execute(question).fetchone()
            return prometheus.value(name) == counted > 0

        eventually(agree, "both count the same", seconds=60)


def test_memory_is_what_redis_tells(redis_server, prometheus):
    [used] = prometheus.wait_for('redis_memory_used_bytes{job="default/redis"}').values()
    with redis_server.client() as client:
        assert used == pytest.approx(client.info("memory")["used_memory"], rel=0.2)


def test_each_tier_has_its_pods(cluster, prometheus):
    found = {
        (dict(labels)["tier"], dict(labels)["pod"]) for labels in prometheus.wait_for("pod_memory_usage > 0")
    }
    assert found == {(pod.labels["tier"], pod.name) for pod in cluster.pods}


def test_a_broker_that_is_alone_is_no_whole_cluster(prometheus):
    assert prometheus.value('rabbitmq_cluster_status{namespace="messaging"}') == 0
