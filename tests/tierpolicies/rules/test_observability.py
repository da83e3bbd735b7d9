"""What is read of PromQL, of dashboards and of names of metrics, case by case."""

import json
from datetime import date

import pytest

from tierpolicies import judge
from tierpolicies.documents.view import View
from tierpolicies.monitoring.metric_names import KNOWN, misspelt
from tierpolicies.monitoring.promql import read, read_query, seconds


@pytest.mark.parametrize(
    ("expression", "metrics"),
    [
        ("sum(rate(http_requests_total[5m])) / on () group_left sum(up)", {"http_requests_total", "up"}),
        ('{__name__="orders_total", shop="a"}', {"orders_total"}),
        ("shop:requests:rate5m > 3 and absent(up)", {"shop:requests:rate5m", "up"}),
        ("vector(1)", set()),
        ('sum by (job) (rate(a{b="c"}[5m] offset 1h)) > bool 1e3 # d', {"a"}),
        ("max by (queue) (orders) + ignoring(a) group_left(b) errors * Inf", {"orders", "errors"}),
    ],
)
def test_the_metrics_of_an_expression_are_found(expression: str, metrics: set[str]) -> None:
    found = read(expression)
    assert (found.problem, set(found.metrics)) == ("", metrics)


@pytest.mark.parametrize(
    "expression",
    ["sum(up", "rate(up)", "up >", "rate(up[1.5h])", "up{job=shop}", "nothing_like_that(up)", ""],
)
def test_what_prometheus_refuses_is_told(expression: str) -> None:
    assert read(expression).problem


@pytest.mark.parametrize("expression", ["rate(up[5m] smoothed)", "a + fill(0) b"])
def test_experimental_syntax_counts_as_right(expression: str) -> None:
    assert read(expression).problem == ""


@pytest.mark.parametrize(
    "query",
    [
        "sum by ($by) (up)",
        "rate(up[$__rate_interval])",
        "$metric{a='b'}",
        'up{a=~"${shop:regex}"}',
        "[[metric]] > 1",
    ],
)
def test_variables_of_a_dashboard_are_no_fault(query: str) -> None:
    assert read_query(query).problem == ""
    assert read_query(query).metrics <= {"up"}


@pytest.mark.parametrize(("text", "length"), [("5m", 300), ("1h30m", 5400), ("", None), ("5 minutes", None)])
def test_times_are_read_in_prometheus_way(text: str, length: float | None) -> None:
    assert seconds(View(text)) == length


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("rabbitmq_queue_mesages", "rabbitmq_queue_messages"),
        ("kube_pod_container_status_restart_total", "kube_pod_container_status_restarts_total"),
        ("shop:reqests:rate5m", "shop:requests:rate5m"),
        ("shop:requests:rate1m", None),
        ("rabbitmq_queue_head_message_timestamp", None),
        ("kube_pod_created", None),
        ("orders_total", None),
    ],
)
def test_only_a_slip_in_one_word_is_a_misspelt_metric(name: str, meant: str | None) -> None:
    assert misspelt(name, {"shop:requests:rate5m", *KNOWN}) == meant


@pytest.mark.parametrize(
    "value", [None, 1, True, [], {}, "x", [1], [{}], {"panels": 1}, {"panels": [1, None, {}]}]
)
def test_no_value_in_a_dashboard_crashes_a_rule(value: object) -> None:
    board = {
        "title": "x",
        "panels": [value, {"type": value, "targets": value, "panels": value}],
        "rows": value,
    }
    for text in (json.dumps(value), json.dumps(board)):
        config = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "a", "labels": {"grafana_dashboard": "1"}},
            "data": {"a.json": text},
        }
        report = judge({"a.json": json.dumps(config).encode()}, platform=None, today=date(2026, 11, 1))
        assert not [each.message for each in report.findings if each.rule == "input/rule-crashed"]


@pytest.mark.parametrize(
    "expression", ["(" * 20_000 + "x", "-" * 20_000 + "x", "+".join("x" * 20_000), "x" * 100_000]
)
def test_an_expression_without_end_costs_nothing(expression: str) -> None:
    assert read(expression).metrics == frozenset()
