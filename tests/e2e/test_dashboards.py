"""Every panel of every delivered dashboard shows something, and what it shows is so."""

from __future__ import annotations

import json
from collections import Counter
from html import escape

import pytest

from tests.e2e.app import photo
from tests.e2e.drawing import drawn, wanted_folder
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
BINS = "/api/v1/locations/bins?latitude=37.5&longitude=127"


@pytest.fixture(scope="module")
def dashboards(manifests):
    """The dashboards by their names, as Grafana reads them."""
    found = {}
    for each in manifests.of("ConfigMap", namespace="monitoring"):
        if each["metadata"]["labels"].get("grafana_dashboard") == "1":
            for name, text in each["data"].items():
                found[name.removesuffix(".json")] = json.loads(text)
    return found


@pytest.fixture
def driven(user, prometheus):
    """Photos that are analysed, some of them again, and bins that are asked for, while Prometheus looks."""
    first, second = photo(), photo()
    for image in (first, second, first, second):
        user.analyze(image)
    user.http.get(BINS)
    prometheus.wait_for('http_requests_total{namespace="locations"}')
    user.http.get(BINS)


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


@pytest.mark.usefixtures("driven")
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


@pytest.mark.usefixtures("driven")
def test_each_can_be_drawn(dashboards, prometheus, tmp_path):
    folder = wanted_folder() or tmp_path
    for name, model in dashboards.items():
        picture = drawn(model, prometheus)
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
        for panel in model["panels"]:
            assert f">{escape(panel['title'])}</text>" in picture
        assert picture.count(">No data</text>") == len(WITHOUT_DATA_HERE & queries({name: model}).keys())
