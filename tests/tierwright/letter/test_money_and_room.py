"""The budget, the bill, and whether everything has room on its nodes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.tierwright.letter.letter import Edit, Generated, Parsed, errors, findings, notes

WORKERS = {"ai-worker": "worker_ai", "batch-worker": "worker_batch", "waste-service": "waste"}
OWNERS_TIER_3 = {
    "ai-worker": {"cpu": "500m", "memory": "1Gi"},
    "batch-worker": {"cpu": "300m", "memory": "512Mi"},
    "waste-service": {"cpu": "200m", "memory": "256Mi"},
}
Follow = Callable[[dict[str, Edit]], Generated]


def requests(workload: str, amounts: dict[str, str]) -> Edit:
    def edit(app: Parsed) -> None:
        app["workloads"][workload]["resources"] = {"requests": amounts, "limits": amounts}

    return edit


def prod(edit: Edit) -> dict[str, Edit]:
    return {"platform.yaml": lambda platform: edit(platform["environments"]["prod"])}


@pytest.fixture
def owners_tier_3(follow: Follow) -> Generated:
    return follow(
        {f"apps/{WORKERS[name]}/app.yaml": requests(name, amounts) for name, amounts in OWNERS_TIER_3.items()}
    )


def test_limits_taken_for_requests_overload_the_workers_node(owners_tier_3: Generated) -> None:
    (message,) = errors(owners_tier_3.report, "budget/tier-requests")
    # 2500m and 4.5Gi of the owner's table, and what every node carries beside them.
    assert "tier 'async-workers' requests 2790m CPU" in message
    assert "1 x t3.medium" in message
    assert "790m CPU" in message
    assert re.search(r"ai-worker \(?1500m CPU and 3Gi memory", message)


def test_utilisation_taken_for_requests_overloads_the_control_plane(follow: Follow) -> None:
    def utilisation(platform: Parsed) -> None:
        monitoring = platform["components"]["kube-prometheus-stack"]["pods"]
        prometheus, grafana = {"cpu": "300m", "memory": "1.5Gi"}, {"cpu": "200m", "memory": "512Mi"}
        monitoring["prometheus"]["containers"]["prometheus"].update(requests=prometheus, limits=prometheus)
        monitoring["grafana"]["containers"]["grafana"].update(requests=grafana, limits=grafana)

    (message,) = errors(follow({"platform.yaml": utilisation}).report, "budget/tier-requests")
    assert "tier 'control' requests" in message


def test_every_tier_has_room_at_rest(shipped_prod: Generated) -> None:
    assert errors(shipped_prod.report, "budget/tier-requests") == []
    free = {row.name: row.free for row in shipped_prod.report.tiers}
    assert set(free) == {"control", "sync-api", "async-workers", "storage"}
    assert all(each and each.cpu_milli >= 0 and each.memory_bytes >= 0 for each in free.values())


@pytest.mark.parametrize(
    ("workload", "limits", "asked"),
    [
        ("ai-worker", {"cpu": "500m", "memory": "1Gi"}, {"cpu": "250m", "memory": "512Mi"}),
        ("batch-worker", {"cpu": "300m", "memory": "512Mi"}, {"cpu": "200m", "memory": "384Mi"}),
        ("waste-service", {"cpu": "200m", "memory": "256Mi"}, {"cpu": "150m", "memory": "256Mi"}),
    ],
)
def test_the_owners_figures_are_limits_in_the_workers_tier(
    shipped_prod: Generated, workload: str, limits: dict[str, str], asked: dict[str, str]
) -> None:
    deployment = shipped_prod.manifests[f"Deployment/waste/{workload}"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["resources"] == {"requests": asked, "limits": limits}
    # One more pod of each would not fit while an update rolls.
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


def rolling(surge: int) -> Edit:
    def edit(platform: Parsed) -> None:
        platform["tiers"]["async-workers"]["rollout"] = {"max_surge": surge, "max_unavailable": 1 - surge}

    return edit


def test_one_more_pod_of_each_has_no_room_in_the_workers_tier(
    follow: Follow, shipped_prod: Generated
) -> None:
    told = [finding.message for finding in findings(shipped_prod.report, "scheduling/surge-together")]
    assert told == []
    report = follow({"platform.yaml": rolling(surge=1)}).report
    together = errors(report, "scheduling/surge-together")
    assert len(together) == 3
    assert together[0].startswith(
        "what the updates of ai-worker, batch-worker, waste-service add first has no room at once: "
    )
    assert together[0].endswith(
        "request 2050m CPU, and worker-2 can give 1710m CPU beside what every node carries: 340m CPU too much"
    )
    assert errors(report, "scheduling/surge-room") == []  # each alone finds room


def test_an_update_of_the_owners_figures_finds_no_room_at_all(follow: Follow) -> None:
    edits = {"apps/worker_ai/app.yaml": requests("ai-worker", {"cpu": "300m", "memory": "512Mi"})}
    report = follow({**edits, "platform.yaml": rolling(surge=1)}).report
    told = errors(report, "scheduling/surge-room")
    no_node = "finds no node: 0/1 nodes are available: 1 Insufficient cpu"
    assert set(told) == {
        "the update pushes batch-worker, waste-service x 2 from the node",  # that of ai-worker
        "the update pushes waste-service from the node",
        f"the update adds a pod of waste-service before one goes, and it {no_node}",
    }


def test_a_maximum_beyond_the_tiers_growth_is_told_in_nodes_and_dollars(owners_tier_3: Generated) -> None:
    report = owners_tier_3.report
    assert any(
        re.search(r"ai-worker needs 4 (x |of )?t3\.medium in worker-2, \$120 a month", note)
        for note in notes(report, "budget/tier-maximum")
    )
    (message,) = errors(report, "budget/tier-maximum")
    assert "ai-worker 10" in message
    assert "worker-2" in message
    assert "may grow to 3" in message


def test_a_tier_that_may_not_grow_holds_no_maximum(follow: Follow) -> None:
    edits = prod(lambda environment: environment["pools"]["worker-2"].pop("max_nodes"))
    (message,) = errors(follow(edits).report, "budget/tier-maximum")
    assert "worker-2 needs 3 x t3.medium" in message
    assert "may grow to 1" in message


def test_each_maximum_is_told_in_nodes_and_dollars(shipped_prod: Generated) -> None:
    told = findings(shipped_prod.report, "budget/tier-maximum")
    assert not any(finding.fails for finding in told)
    assert {finding.subject.name for finding in told if finding.subject} == {
        "auth-service",
        "waste-service",
        "ai-worker",
    }
    assert all(re.search(r"needs \d .*, \$\d+ a month", finding.message) for finding in told)


def test_a_budget_of_the_nodes_alone_is_exceeded(follow: Follow) -> None:
    edits = prod(lambda environment: environment["budget"].update(usd_month=180))
    (message,) = errors(follow(edits).report, "budget/owner-cost")
    assert "$185 a month" in message
    assert "exceeds $180" in message


def test_the_budget_line_has_the_whole_bill_beside_it(shipped_prod: Generated) -> None:
    page = shipped_prod.page
    assert page.startswith("Clean: ")
    assert "Budget: $185 of $185 a month at the owner's prices (nodes + s3 $5)." in page
    assert re.search(r"Whole bill: \$\d+\.\d\d .*prices of ap-northeast-2, 2025-10, from memory", page)
    assert re.search(r"application load balancer.*: price missing", page)
    assert re.search(r"public IPv4 addresses.*: price missing", page)


def test_a_bill_beyond_the_budget_is_noted_with_region_and_date(shipped_prod: Generated) -> None:
    (note,) = notes(shipped_prod.report, "cost/whole-bill")
    assert re.fullmatch(
        r"\$\d+\.\d\d a month by prices of ap-northeast-2, 2025-10, without 2 items that have no price; "
        r"the budget is \$185",
        note,
    )


def test_each_price_that_is_missing_is_asked_for(shipped_prod: Generated) -> None:
    (note,) = notes(shipped_prod.report, "cost/missing-price")
    assert note.startswith("no price of ap-northeast-2, 2025-10, for 1 application load balancer")
    assert note.endswith("public IPv4 addresses")


def test_the_bill_holds_every_volume(shipped_prod: Generated) -> None:
    # Three brokers, the database, the results, and what Prometheus keeps for seven days.
    assert f"volumes, {3 * 20 + 50 + 5 + 50} GiB" in shipped_prod.page


def test_a_price_that_is_in_no_table_is_asked_for(follow: Follow) -> None:
    edits = prod(lambda environment: environment["aws"].update(region="eu-north-1"))
    bill = follow(edits).report.bill
    assert bill is not None
    (note,) = notes(follow(edits).report, "cost/missing-price")
    assert note == "there is no table of prices for eu-north-1"
    assert bill.usd_month == 5  # S3, for which the owner has given a figure of his own
    assert len(bill.missing) == len(bill.lines) - 1 > 0
