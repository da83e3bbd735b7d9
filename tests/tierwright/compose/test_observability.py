"""Rules and pages follow from what is described, and stand where Argo CD can apply them."""

from __future__ import annotations

import re

import pytest

from tests.tierwright.letter.letter import ROOT, Edit, described
from tierwright.compose.observability.pages import pages
from tierwright.compose.observability.rules import alerts, rules, shared_home
from tierwright.compose.observability.runbooks import address
from tierwright.compose.plan import Plan
from tierwright.description.loading import load


@pytest.fixture
def plan_of(tmp_path):
    """The plan of prod where some of the platform's description differs."""

    def make(edit: Edit) -> Plan:
        return Plan(load(described(tmp_path, {"platform.yaml": edit})), "prod")

    return make


def test_rules_stand_beside_what_they_are_about(prod: Plan) -> None:
    assert sorted(rules(prod)) == [
        ("default", "cluster"),
        ("default", "services"),
        ("default", "stores"),
        ("messaging", "queues"),
        ("messaging", "rabbitmq"),
    ]


def test_what_belongs_to_no_namespace_stands_where_no_chart_lives(prod: Plan) -> None:
    charts = {component.namespace for component in prod.components.values()}
    assert shared_home(prod) == "default"
    assert "default" not in charts


def test_without_a_collector_there_are_no_rules_and_one_page() -> None:
    dev = Plan(load(ROOT), "dev")
    assert rules(dev) == {}
    assert list(pages(dev)) == ["runbooks/rabbitmq-maintenance.md"]


def test_each_alert_has_a_page_and_no_two_share_a_name(prod: Plan) -> None:
    names = [alert.name for alert in alerts(prod)]
    assert len(set(names)) == len(names)
    assert {f"runbooks/{name}.md" for name in names} | {"runbooks/rabbitmq-maintenance.md"} == set(
        pages(prod)
    )


def test_each_alert_says_what_it_means_and_what_to_try(prod: Plan) -> None:
    assert [alert.name for alert in alerts(prod) if not (alert.meaning and alert.mend and alert.action)] == []


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop/blob/main/dist/prod/runbooks"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop/blob/main/dist/prod/runbooks"),
        ("ssh://git@gitlab.acme.org/a/b", "https://gitlab.acme.org/a/b/-/blob/main/dist/prod/runbooks"),
    ],
)
def test_pages_are_found_where_the_repository_is_seen(plan_of, url: str, folder: str) -> None:
    def edit(platform):
        platform["git"]["url"] = url

    assert address(plan_of(edit)) == folder


def test_a_queue_that_is_renamed_takes_its_alerts_along(plan_of) -> None:
    def edit(platform):
        platform["messaging"]["queues"]["q.ai"]["alert"] = {"above": 7, "severity": "critical"}

    [found] = [alert for alert in alerts(plan_of(edit)) if alert.name == "QueueLongQAi"]
    assert (found.expression.endswith("> 7"), found.severity) == (True, "critical")


def test_the_promise_of_a_tier_is_what_its_alerts_hold_it_to(plan_of) -> None:
    def edit(platform):
        platform["tiers"]["sync-api"]["objective"] = {"seconds": 0.25, "percent": 99.9}

    [fast] = [alert for alert in alerts(plan_of(edit)) if alert.name.startswith("ObjectiveBurnFast")]
    assert re.findall(r"> ([0-9.]+)", fast.expression) == ["0.0144", "0.0144"]
    recorded = [
        rule.expression
        for made in rules(plan_of(edit)).values()
        for rule in made
        if getattr(rule, "metric", "").startswith("tier:")
    ]
    assert recorded
    assert all('le="0.25"' in each for each in recorded)


def test_replicas_bring_their_own_alerts(plan_of) -> None:
    def edit(platform):
        platform["stores"]["postgres"]["read_replicas"] = 2

    found = {alert.name: alert.expression for alert in alerts(plan_of(edit))}
    assert "StandbyLag" in found
    assert found["StandbyDown"].endswith("< 2")


def test_three_redis_bring_their_own_alerts_and_a_page(plan_of) -> None:
    def edit(platform):
        platform["stores"]["redis"]["replicas"] = 3

    plan = plan_of(edit)
    found = {alert.name: alert for alert in alerts(plan)}
    assert found["RedisReplicaDown"].expression.endswith("< 2")
    assert "RedisCacheNoMaster" not in found
    assert not [line for line in found["RedisFull"].look if "deploy/" in line]
    assert "runbooks/redis-maintenance.md" in pages(plan)
