"""Dashboards follow from what is described."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.tierwright.letter.letter import Edit, described
from tierpolicies.monitoring.promql import read
from tierwright.compose.observability.dashboards.all import dashboards
from tierwright.compose.plan import Plan
from tierwright.description.loading import load


@pytest.fixture
def plan_of(tmp_path):
    """The plan of prod where some of the platform's description differs."""

    def make(edit: Edit) -> Plan:
        return Plan(load(described(tmp_path, {"platform.yaml": edit})), "prod")

    return make


def expressions(plan: Plan, name: str) -> list[str]:
    return [
        query.expression
        for told in dashboards(plan)
        if told.name == name
        for row in told.rows
        for panel in row.panels
        for query in panel.queries
    ]


def test_there_is_one_of_the_cluster_one_a_tier_and_one_of_the_broker(prod: Plan) -> None:
    assert [(told.name, told.title) for told in dashboards(prod)] == [
        ("overview", "Cluster overview"),
        ("tier-1", "Tier 1: control"),
        ("tier-2", "Tier 2: sync-api"),
        ("tier-3", "Tier 3: async-workers"),
        ("tier-4", "Tier 4: storage"),
        ("rabbitmq", "RabbitMQ: rabbitmq"),
    ]


def test_a_tier_shows_what_it_holds(prod: Plan) -> None:
    rows = {told.name: [row.title for row in told.rows] for told in dashboards(prod)}
    assert rows["tier-1"] == ["Control plane", "Pods"]
    assert rows["tier-2"] == ["Services", "Workers", "Pods"]
    assert rows["tier-3"] == ["Services", "Workers", "Pods"]
    assert rows["tier-4"] == ["postgres", "Redis", "Pods"]
    assert rows["rabbitmq"] == ["Queues", "Dead letters", "Nodes"]


def test_every_expression_is_one(prod: Plan) -> None:
    for told in dashboards(prod):
        for expression in expressions(prod, told.name):
            assert read(expression).metrics, expression


def test_what_a_tier_promises_is_the_line_of_its_answers(plan_of) -> None:
    def edit(platform: Any) -> None:
        platform["tiers"]["sync-api"]["objective"] = {"seconds": 0.25, "percent": 99.9}

    told = next(each for each in dashboards(plan_of(edit)) if each.name == "tier-2")
    panels = {panel.title: panel for row in told.rows for panel in row.panels}
    assert panels["Answers: 95 of 100 are faster than"].critical == 0.25
    missed = next(panel for title, panel in panels.items() if title.startswith("Requests that missed"))
    assert missed.critical == pytest.approx(0.001)


def test_without_a_promise_there_is_no_line(plan_of) -> None:
    def edit(platform: Any) -> None:
        del platform["tiers"]["sync-api"]["objective"]

    told = next(each for each in dashboards(plan_of(edit)) if each.name == "tier-2")
    assert not [panel for row in told.rows for panel in row.panels if "promise" in panel.title]


def test_the_files_are_small_enough_for_an_annotation(prod: Plan) -> None:
    # kubectl apply, and Argo CD without server-side apply, keep the whole object in one of 256 KiB.
    for told in dashboards(prod):
        assert len(json.dumps([panel.body() for row in told.rows for panel in row.panels])) < 100_000
