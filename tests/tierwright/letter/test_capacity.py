"""The prover on the shipped platform, and on copies that follow the owner's letter."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.tierwright.letter.letter import ROOT, Generated, Parsed, described, generated
from tests.tierwright.letter.test_money_and_room import OWNERS_TIER_3, WORKERS, requests
from tierpolicies.capacity.model.pod import Pod
from tierpolicies.capacity.proof.decision import Answer
from tierpolicies.capacity.scenarios.table import Row, Stage, stage, table
from tierpolicies.documents.reader import read_files
from tierpolicies.engine.index import Index
from tierwright.description.loading import load
from tierwright.facts import facts

TIERS = {"control", "sync-api", "async-workers", "storage"}


def tried(generated: Generated, folder: Path = ROOT) -> Stage:
    manifests = {path: content for path, content in generated.files.items() if path.endswith(".yaml")}
    return stage(Index(read_files(manifests).manifests), facts(load(folder).platform, "prod"))


def rows(stage: Stage) -> dict[tuple[str, str], Row]:
    return {(row.scenario, row.tier): row for row in table(stage, stage.scenarios())}


@pytest.fixture(scope="module")
def shipped(shipped_prod: Generated) -> Stage:
    return tried(shipped_prod)


@pytest.fixture(scope="module")
def told(shipped: Stage) -> dict[tuple[str, str], Row]:
    return rows(shipped)


def test_every_tier_fits_at_rest_with_its_pods_listed(
    shipped: Stage, told: dict[tuple[str, str], Row]
) -> None:
    assert {tier for scenario, tier in told if scenario == "rest"} == TIERS
    assert all(told["rest", tier].answer is Answer.FITS for tier in TIERS)
    for part in shipped.parts:
        pods: list[Pod] = part.resting({})
        assert len(pods) == sum(each.replicas for each in part.lasting())
        assert all(pod.node in {node.name for node in part.nodes({})} for pod in pods)


def test_every_single_update_fits(told: dict[tuple[str, str], Row]) -> None:
    updates = [row for (scenario, _), row in told.items() if scenario.startswith("update:")]
    assert len(updates) == 13
    assert all(row.answer is Answer.FITS for row in updates)


def test_every_maximum_fits_the_nodes_that_a_tier_may_grow_to(told: dict[tuple[str, str], Row]) -> None:
    needed = {
        scenario: (row.answer, row.nodes_needed, row.usd_month)
        for (scenario, tier), row in told.items()
        if scenario.startswith("maximum") and tier == "async-workers"
    }
    assert needed == {
        "maximum:ai-worker": (Answer.FITS, 2, 60),
        "maximum:waste-service": (Answer.FITS, 2, 60),
        "maximum": (Answer.FITS, 3, 90),
    }


def test_a_tier_with_one_node_does_not_bear_its_loss_and_two_would(told: dict[tuple[str, str], Row]) -> None:
    row = told["lose:worker-1", "sync-api"]
    assert (row.answer, row.nodes_needed, row.usd_month) == (Answer.IMPOSSIBLE, 2, 60)
    assert (
        row.reason == "no node is left for auth-service x 2, api-worker x 2, locations-service, users-service"
    )
    assert told["drain:worker-1", "sync-api"].answer is Answer.IMPOSSIBLE


@pytest.fixture(scope="module")
def owners(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Row]:
    edits = {f"apps/{WORKERS[name]}/app.yaml": requests(name, each) for name, each in OWNERS_TIER_3.items()}
    folder = described(tmp_path_factory.mktemp("owner"), edits)
    return rows(tried(generated(folder, "prod"), folder))


def test_the_owners_figures_are_impossible_at_rest_with_the_reason_in_a_sentence(
    owners: dict[tuple[str, str], Row],
) -> None:
    row = owners["rest", "async-workers"]
    assert row.answer is Answer.IMPOSSIBLE
    assert row.reason == (
        "ai-worker x 3, batch-worker x 2 request 2100m CPU, and worker-2 can give 1710m CPU "
        "beside what every node carries: 390m CPU too much"
    )
    assert (row.nodes_needed, row.pending) == (2, ("ai-worker", "batch-worker"))


def test_ten_ai_workers_of_the_owner_need_four_nodes(owners: dict[tuple[str, str], Row]) -> None:
    row = owners["maximum:ai-worker", "async-workers"]
    assert (row.answer, row.nodes_needed, row.most_nodes, row.usd_month) == (Answer.IMPOSSIBLE, 4, 3, 120)


def test_brokers_that_must_be_apart_need_three_storage_nodes(
    shipped_prod: Generated,
) -> None:
    (path,) = (path for path in shipped_prod.files if path.endswith("StatefulSet-rabbitmq.yaml"))

    manifest: Parsed = yaml.safe_load(shipped_prod.files[path])
    spec = manifest["spec"]["template"]["spec"]
    spec["affinity"] = {
        "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {
                    "topologyKey": "kubernetes.io/hostname",
                    "labelSelector": manifest["spec"]["selector"],
                }
            ]
        }
    }
    files = {**shipped_prod.files, path: yaml.safe_dump(manifest).encode()}
    manifests = {name: content for name, content in files.items() if name.endswith(".yaml")}
    apart = stage(Index(read_files(manifests).manifests), facts(load(ROOT).platform, "prod"))
    row = next(
        row for row in table(apart, apart.scenarios()) if row.scenario == "rest" and row.tier == "storage"
    )
    assert (row.answer, row.nodes_needed) == (Answer.IMPOSSIBLE, 3)
    assert "3 pods of rabbitmq must each have a node of their own" in row.reason
