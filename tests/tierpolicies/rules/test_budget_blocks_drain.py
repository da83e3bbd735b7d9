"""A disruption budget against what is known of the nodes."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tierpolicies import judge
from tierpolicies.platform import Platform, Pool, Tier

TODAY = date(2026, 11, 1)
POOL = Pool("plain", "t3.medium", nodes=1, max_nodes=3, labels={"tier": "api"})
PLATFORM = Platform(
    "shop", "prod", "1.37", "", "calico", tiers=(Tier("api", 1, 1000, "plain"),), pools=(POOL,)
)
TWO_NODES = replace(PLATFORM, pools=(replace(POOL, nodes=2),))
TWO_POOLS = replace(PLATFORM, pools=(POOL, replace(POOL, name="further")))
FOREIGN = None


def messages(folder: Path, platform: Platform | None, spec: str, replicas: int = 3) -> list[str]:
    (folder / "all.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        f"spec:\n  replicas: {replicas}\n  selector: {{matchLabels: {{app: web}}}}\n"
        "  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}\n"
        "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\n"
        f"spec: {{selector: {{matchLabels: {{app: web}}}}, {spec}}}\n"
    )
    report = judge(folder, platform=platform, today=TODAY)
    return [each.message for each in report.findings if each.rule == "reliability/budget-blocks-drain"]


@pytest.mark.parametrize(
    ("platform", "least", "told"),
    [
        (FOREIGN, "2", None),
        (TWO_NODES, "2", None),
        (TWO_POOLS, "2", None),
        (PLATFORM, "2", "the one node of plain"),
        (PLATFORM, "1%", "the one node of plain"),
        (PLATFORM, "0", None),
        (FOREIGN, "3", "minAvailable 3 of 3 replicas at rest"),
        (TWO_NODES, "67%", "minAvailable 67% of 3 replicas at rest"),
        (FOREIGN, "66%", None),
        (FOREIGN, "many", None),
    ],
)
def test_a_minimum_blocks_where_no_pod_may_go(
    tmp_path: Path, platform: Platform | None, least: str, told: str | None
) -> None:
    found = messages(tmp_path, platform, f"minAvailable: {least}, unhealthyPodEvictionPolicy: AlwaysAllow")
    assert len(found) == (told is not None)
    assert (told or "") in "".join(found)


def test_without_a_policy_only_the_policy_is_told_and_only_of_a_known_platform(tmp_path: Path) -> None:
    assert messages(tmp_path, TWO_NODES, "minAvailable: 2") == ["pods that are not ready block the drain"]
    assert messages(tmp_path, FOREIGN, "minAvailable: 2") == []


def test_all_of_them_is_too_many_even_where_nobody_is_seen(tmp_path: Path) -> None:
    spec = "minAvailable: 100%, unhealthyPodEvictionPolicy: AlwaysAllow"
    (message,) = messages(tmp_path, FOREIGN, spec, replicas=0)
    assert message == "minAvailable 100% allows no eviction at all"


@pytest.mark.parametrize("spec", ["minAvailable: 1", "maxUnavailable: 1"])
def test_one_replica_is_told_once(tmp_path: Path, spec: str) -> None:
    found = messages(tmp_path, None, f"{spec}, unhealthyPodEvictionPolicy: AlwaysAllow", replicas=1)
    assert len(found) == 1


def test_nobody_at_rest_blocks_nothing(tmp_path: Path) -> None:
    spec = "minAvailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow"
    assert messages(tmp_path, PLATFORM, spec, replicas=0) == []
