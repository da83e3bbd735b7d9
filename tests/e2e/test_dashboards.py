"""Every panel of every delivered dashboard shows something, and what it shows is so."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from html import escape

import pytest

from tests.e2e.app import MobileApp
from tests.e2e.drawing import drawn, wanted_folder
from tests.e2e.load import Load
from tests.servers.fixtures import running
from tests.servers.waiting import eventually

WITHOUT_DATA_HERE = {
    # No API server runs; its rule is tried on given series by tests/alerting.
    "apiserver_latency",
    # The broker cannot measure the disk from within the folder that is its system here.
    'rabbitmq_disk_space_available_bytes{namespace="messaging"}',
    # What charts install does not run here.
    'sum by (pod) (pod_cpu_usage{tier="control"})',
    'sum by (pod) (pod_memory_usage{tier="control"})',
}
PHOTOS = 4
"""People who have photos analysed at the same time."""
WINDOW = 30
"""Seconds of the load that are counted on both sides; the panels' five minutes would take as long."""
DRAWN_SECONDS = 360
"""How long the load lasts before pictures are drawn to be kept: the panels' window, and some more."""


@pytest.fixture(scope="module")
def dashboards(manifests):
    """The dashboards by their names, as Grafana reads them."""
    found = {}
    for each in manifests.of("ConfigMap", namespace="monitoring"):
        if each["metadata"]["labels"].get("grafana_dashboard") == "1":
            for name, text in each["data"].items():
                found[name.removesuffix(".json")] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def load(cluster, identity_provider, prometheus):
    """People who look for bins and have photos analysed while Prometheus looks."""
    phones = [MobileApp(cluster.balancer.port) for _ in range(1 + PHOTOS)]
    for phone in phones:
        identity_provider.switches.person = str(uuid.uuid4())
        phone.log_in()
    identity_provider.reset()
    yield from running(Load(phones))


def queries(dashboards):
    return {
        target["expr"]: f"{name}: {panel['title']}"
        for name, model in dashboards.items()
        for panel in model["panels"]
        for target in panel.get("targets", ())
    }


def query_of(dashboards, name, title):
    (target,) = next(each for each in dashboards[name]["panels"] if each["title"] == title)["targets"]
    return target["expr"]


@pytest.mark.usefixtures("load")
def test_no_panel_is_empty(dashboards, prometheus):
    assert sorted(dashboards) == ["overview", "rabbitmq", "tier-1", "tier-2", "tier-3", "tier-4"]
    for expression, place in queries(dashboards).items():
        if expression not in WITHOUT_DATA_HERE:
            assert prometheus.wait_for(expression), place


def test_what_is_left_out_is_on_a_dashboard(dashboards):
    assert queries(dashboards).keys() >= WITHOUT_DATA_HERE


def test_dashboards_are_told_apart(dashboards):
    assert len({model["uid"] for model in dashboards.values()}) == len(dashboards)


def test_pods_by_tier_are_the_pods_that_run(cluster, dashboards, prometheus):
    expression = query_of(dashboards, "overview", "Pods by tier")
    expected = Counter(pod.labels["tier"] for pod in cluster.pods)

    def shown():
        return {dict(labels)["tier"]: value for labels, value in prometheus.query(expression).items()}

    eventually(lambda: shown() == expected, "both count the same", seconds=60)


def test_every_queue_has_the_consumers_that_work_it_off(dashboards, prometheus, rabbitmq):
    expression = query_of(dashboards, "rabbitmq", "Consumers")

    def agree():
        shown = {dict(labels)["queue"]: value for labels, value in prometheus.query(expression).items()}
        listed = {queue: rabbitmq.consumers(queue) for queue in shown}
        return {"q.ai", "q.api", "q.batch", "q.sched", "q.dlq"} <= shown.keys() and shown == listed

    eventually(agree, "both count the same", seconds=60)


def test_rates_are_those_of_the_load(dashboards, prometheus, load):
    def counted():
        since = time.time() - WINDOW
        return {
            ("tier-2", "Requests", "locations"): load.requests("locations", since=since) / WINDOW,
            ("tier-3", "Requests", "waste"): load.requests("waste", since=since) / WINDOW,
            ("tier-3", "Tasks done a minute", "q.ai"): load.tasks(since=since) / WINDOW * 60,
        }

    def shown(name, title, value):
        expression = query_of(dashboards, name, title).replace("[5m]", f"[{WINDOW}s]")
        return {dict(labels).popitem()[1]: rate for labels, rate in prometheus.query(expression).items()}[
            value
        ]

    def agree():
        expected = counted()
        compared.update({place: (shown(*place), rate) for place, rate in expected.items()})
        return all(told == pytest.approx(rate, rel=0.15) for told, rate in compared.values())

    compared: dict[tuple[str, str, str], tuple[float, float]] = {}
    time.sleep(WINDOW)  # the load has then been the same for as long as it is counted
    try:
        eventually(agree, "the panels tell what the phones have counted", seconds=90)
    finally:
        print(compared)
    assert all(rate > 0 for _, rate in compared.values())


class Servers:
    """What the servers tell of themselves when they are asked without Prometheus."""

    def __init__(self, postgres, redis, rabbitmq):
        self._postgres, self._redis, self._rabbitmq = postgres, redis, rabbitmq

    def max_connections(self):
        return int(self._count("SHOW max_connections"))

    def database_size(self):
        return self._count("SELECT pg_database_size('waste_coach')")

    def stored_letters(self):
        return self._count("SELECT count(*) FROM dlq.letters WHERE state = 'stored'")

    def waiting_letters(self):
        return self._rabbitmq.queue_length("q.dlq")

    def redis_memory(self):
        told = self._redis.info("memory")
        return told["used_memory"] / told["maxmemory"]

    def redis_clients(self):
        return self._redis.info("clients")["connected_clients"]

    def _count(self, question):
        with self._postgres.connect("waste_coach") as connection:
            return connection.execute(question).fetchone()[0]


@pytest.fixture
def servers(postgres, redis_server, rabbitmq):
    with redis_server.client() as client:
        yield Servers(postgres, client, rabbitmq)


OF_POSTGRES, OF_REDIS = {"datname": "waste_coach"}, {"job": "default/redis"}


@pytest.mark.parametrize(
    ("place", "labels", "told", "near"),
    [
        (("tier-4", "Connections"), {}, Servers.max_connections, 0),
        (("tier-4", "Size"), OF_POSTGRES, Servers.database_size, 0.02),
        (("tier-4", "Memory, of what it may use"), OF_REDIS, Servers.redis_memory, 0.2),
        (("tier-4", "Clients"), OF_REDIS, Servers.redis_clients, 0),
        (("rabbitmq", "Not stored yet"), {}, Servers.waiting_letters, 0),
        (("rabbitmq", "Stored, neither replayed nor discarded"), {}, Servers.stored_letters, 0),
    ],
)
def test_a_panel_shows_what_the_server_tells(  # noqa: PLR0917 - the row of a table
    dashboards, prometheus, servers, place, labels, told, near
):
    name, title = place
    panel = next(each for each in dashboards[name]["panels"] if each["title"] == title)
    expression = panel["targets"][-1]["expr"]

    def agree():
        shown = [
            value
            for found, value in prometheus.query(expression).items()
            if labels.items() <= dict(found).items()
        ]
        return shown == [pytest.approx(told(servers), rel=near)]

    eventually(agree, "both tell the same", seconds=60)


@pytest.mark.usefixtures("load")
def test_each_can_be_drawn(dashboards, prometheus, tmp_path):
    kept = wanted_folder()
    if kept is not None:
        time.sleep(DRAWN_SECONDS)
    for name, model in dashboards.items():
        picture = drawn(model, prometheus, seconds=DRAWN_SECONDS if kept else 2 * WINDOW)
        ((kept or tmp_path) / f"{name}.svg").write_text(picture, encoding="utf-8")
        for panel in model["panels"]:
            assert f">{escape(panel['title'])}</text>" in picture
        assert picture.count(">No data</text>") == len(WITHOUT_DATA_HERE & queries({name: model}).keys())
