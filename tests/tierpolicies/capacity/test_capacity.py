"""Requests, nodes and money, on figures that were worked out by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from tierpolicies.capacity.demand import consumers, pools_of
from tierpolicies.capacity.model.features import Features
from tierpolicies.capacity.money.bill import bill, owner_cost
from tierpolicies.capacity.nodes import allocatable
from tierpolicies.capacity.requests import pod_request
from tierpolicies.capacity.resources import Resources
from tierpolicies.documents.reader import read
from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import parse
from tierpolicies.engine.index import Index
from tierpolicies.platform import Budget, Platform, PodRequest, Pool, Taint, Tier

MI = 2**20
MEDIUM = Pool("workers", "t3.medium", nodes=1, max_nodes=3, labels={"tier": "w"}, usd_month=30)
MASTER = Pool(
    "master",
    "t3.large",
    nodes=1,
    max_nodes=1,
    labels={"tier": "control"},
    taints=(Taint("node-role.kubernetes.io/control-plane", "", "NoSchedule"),),
    usd_month=60,
    disk_gib=80,
)
PLATFORM = Platform(
    name="p",
    environment="prod",
    kubernetes="1.28",
    region="us-east-1",
    cni="calico-vxlan",
    tiers=(Tier("control", 1, 4000, "master"), Tier("w", 3, 1000, "workers")),
    pools=(MASTER, MEDIUM),
    pods=(
        PodRequest("calico-node", "kube-system", None, 250, 0, per_node=True),
        PodRequest("apiserver", "kube-system", "control", 250, 0),
        PodRequest("loose", "default", None, 10, MI),
    ),
)


def view(text: str) -> View:
    return View(parse(text, file="pod.yaml").value)


@pytest.mark.parametrize(
    ("spec", "sidecars", "millicores"),
    [
        ("{containers: [{resources: {requests: {cpu: 100m}}}, {resources: {}}]}", True, 100),
        ("{containers: [{resources: {limits: {cpu: 300m}}}]}", True, 300),
        (
            (
                "{containers: [{resources: {requests: {cpu: 100m}}}],"
                " initContainers: [{resources: {requests: {cpu: 250m}}}], overhead: {cpu: 5m}}"
            ),
            True,
            255,
        ),
        (
            (
                "{containers: [{resources: {requests: {cpu: 100m}}}],"
                " initContainers: [{restartPolicy: Always, resources: {requests: {cpu: 50m}}},"
                " {resources: {requests: {cpu: 120m}}}]}"
            ),
            True,
            170,
        ),
        (
            (
                "{containers: [{resources: {requests: {cpu: 100m}}}],"
                " initContainers: [{restartPolicy: Always, resources: {requests: {cpu: 50m}}},"
                " {resources: {requests: {cpu: 120m}}}]}"
            ),
            False,
            120,
        ),
    ],
)
def test_a_pod_requests_what_the_scheduler_counts(spec: str, sidecars: bool, millicores: int) -> None:
    assert pod_request(view(spec), Features((1, 29) if sidecars else (1, 28))).cpu_milli == millicores


def test_a_node_gives_its_capacity_less_eviction() -> None:
    assert allocatable(MEDIUM) == Resources(2000, 3688 * MI)
    assert allocatable(replace(MEDIUM, instance="x", cpu_milli=4000, memory_bytes=1024 * MI)) == (
        Resources(4000, 924 * MI)
    )
    assert allocatable(replace(MEDIUM, instance="m9.huge")) is None


def test_pods_run_where_labels_and_taints_let_them() -> None:
    tolerant = "{tolerations: [{operator: Exists, effect: NoSchedule}]}"
    assert pools_of(view("{}"), PLATFORM) == [MEDIUM]
    assert pools_of(view(tolerant), PLATFORM) == [MASTER, MEDIUM]
    assert pools_of(view("{nodeSelector: {tier: control}}"), PLATFORM) == []


def test_a_preference_keeps_no_pod_away() -> None:
    preferring = replace(MEDIUM, taints=(Taint("spot", "", "PreferNoSchedule"),))
    platform = replace(PLATFORM, pools=(preferring,))
    assert pools_of(view("{}"), platform) == [preferring]
    assert [each.name for each in consumers(Index(()), platform, preferring)] == ["calico-node", "loose"]
    for effect in ("NoSchedule", "NoExecute"):
        hard = replace(MEDIUM, taints=(*preferring.taints, Taint("spot", "", effect)))
        assert pools_of(view("{}"), replace(PLATFORM, pools=(hard,))) == []


def test_declared_pods_count_on_each_pool_they_may_run_on() -> None:
    index = Index(())
    names = [[each.name for each in consumers(index, PLATFORM, pool)] for pool in PLATFORM.pools]
    assert names == [["calico-node", "apiserver"], ["calico-node", "loose"]]


def test_the_owner_pays_nodes_and_extras() -> None:
    assert owner_cost(replace(PLATFORM, budget=Budget(100, {"s3": 5}))) == 95
    assert owner_cost(replace(PLATFORM, pools=(replace(MEDIUM, usd_month=None),))) is None


def test_the_bill_prices_what_the_table_knows_and_names_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\n"
        "spec: {storageClassName: gp3, resources: {requests: {storage: 50Gi}}}\n---\n"
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n"
        "spec: {ingressClassName: alb}\n"
    )
    index = Index(read(tmp_path).manifests)
    virginia = bill(index, PLATFORM)
    assert virginia.usd_month == pytest.approx((0.0832 + 0.0416) * 730 + 130 * 0.08 + 16.43)
    assert virginia.missing == ("public IPv4 addresses",)
    seoul = bill(index, replace(PLATFORM, region="ap-northeast-2"))
    assert seoul.table is not None
    assert seoul.table.origin == "memory"
    assert len(seoul.missing) == 2
    nowhere = bill(index, replace(PLATFORM, region="mars-1"))
    assert (nowhere.table, nowhere.usd_month) == (None, 0)
