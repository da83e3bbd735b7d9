"""Scenarios of whole platforms: what is asked of them, and how many nodes each takes."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest
import yaml

from tests.tierpolicies.rules.judged import PLATFORM, Parsed, container, pod, workload
from tierpolicies.capacity.proof.decision import Answer
from tierpolicies.capacity.scenarios.part import is_good
from tierpolicies.capacity.scenarios.table import Row, Stage, stage, table
from tierpolicies.documents.reader import read_files
from tierpolicies.engine.index import Index
from tierpolicies.platform import Platform

ZONE = "topology.kubernetes.io/zone"
MOST = 12


def staged(objects: Iterable[Parsed], platform: Platform = PLATFORM) -> Stage:
    text = yaml.safe_dump_all(objects, sort_keys=False)
    return stage(Index(read_files({"all.yaml": text.encode()}).manifests), platform)


def rows(objects: Iterable[Parsed], platform: Platform = PLATFORM) -> dict[str, Row]:
    tried = staged(objects, platform)
    return {row.scenario: row for row in table(tried, tried.scenarios()) if row.tier == "api"}


def deployment(name: str, cpu: str, *, replicas: int = 1, surge: int = 1, **spec: Parsed) -> Parsed:
    asked = container(resources={"requests": {"cpu": cpu, "memory": "64Mi"}})
    rolling = {"maxSurge": surge, "maxUnavailable": 0 if surge else 1}
    made = pod(asked, nodeSelector={"tier": "api"}, **spec)
    return workload(made, name=name, tier="api", replicas=replicas, strategy={"rollingUpdate": rolling})


def scaler(name: str, most: int) -> Parsed:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": "api"},
        "spec": {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": most, "metrics": []},
    }


def random_objects(dice: random.Random) -> list[Parsed]:
    found: list[Parsed] = []
    for number in range(dice.randint(1, 4)):
        name = f"app-{number}"
        cpu = dice.choice(["150m", "400m", "900m", "1300m", "2500m"])
        found.append(deployment(name, cpu, replicas=dice.randint(1, 4), surge=dice.randint(0, 2)))
        if dice.random() < 0.5:
            found.append(scaler(name, dice.randint(2, 9)))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_the_nodes_it_takes_are_those_of_trying_every_number(seed: int) -> None:
    tried = staged(random_objects(random.Random(seed)))
    told = {(row.scenario, row.tier): row.nodes_needed for row in table(tried, tried.scenarios())}
    for scenario in tried.scenarios():
        for part in scenario.parts:
            [pool] = part.pools
            good = (more for more in range(MOST) if is_good(scenario.play(part, {pool.name: more})))
            wanted = next((pool.nodes + more for more in good), None)
            for tier in part.tiers:
                assert told[scenario.name, tier] == wanted, scenario.name


def test_a_bare_pod_and_what_takes_room_for_itself_have_no_update() -> None:
    bare = pod(container(resources={"requests": {"cpu": "100m"}}), nodeSelector={"tier": "api"})
    alone: Parsed = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "bare", "namespace": "api", "labels": {"tier": "api"}},
        "spec": bare,
    }
    found = rows([alone, deployment("web", "100m")])
    assert [name for name in found if name.startswith("update")] == ["update:web"]
    assert found["update:web"].answer is Answer.FITS


def test_updates_that_fit_alone_may_not_all_add_their_pods_at_once() -> None:
    found = rows([deployment(name, "500m") for name in ("a", "b", "c")])
    assert {found[f"update:{name}"].answer for name in "abc"} == {Answer.FITS}
    assert found["updates"].answer is Answer.IMPOSSIBLE
    assert found["updates"].nodes_needed == 2
    assert [key.rpartition("/")[2] for key in found["updates"].sets] == ["a", "b", "c"]


def test_of_many_updates_the_pairs_of_the_largest_are_played() -> None:
    many = [deployment(f"app-{number:02}", f"{number + 1}m") for number in range(30)]
    pairs = [name for name in rows(many) if name.startswith("updates:")]
    assert len(pairs) <= 28
    assert "updates:app-29+app-28" in pairs


def test_a_lost_zone_is_borne_by_the_others_or_not() -> None:
    first, second = (
        replace(PLATFORM.pools[0], name=f"zone-{zone}", labels={"tier": "api", ZONE: zone}) for zone in "ab"
    )
    platform = replace(PLATFORM, pools=(first, second), tiers=(replace(PLATFORM.tiers[0], pool="zone-a"),))
    light = rows([deployment("web", "500m", replicas=2)], platform)
    assert light["zone:a"].answer is Answer.FITS
    heavy = rows([deployment("web", "1100m", replicas=2)], platform)
    assert heavy["rest"].answer is Answer.FITS
    assert heavy["zone:a"].answer is Answer.IMPOSSIBLE
    assert heavy["zone:a"].title == "zone a lost"
