"""Filters and words that the recorded outcomes hold none of: volumes, priorities, namespaces, older
versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tierpolicies.capacity.model.features import Features, features
from tierpolicies.capacity.model.node import ZONE, Node
from tierpolicies.capacity.model.pod import Pod, Template, Volume, read_pod
from tierpolicies.capacity.model.requests import ATTACHED
from tierpolicies.capacity.scheduler.simulation import NO_NODES, Scheduler, before_preemption, compared
from tierpolicies.documents.view import View
from tierpolicies.platform import Taint

CPU = {"cpu": 4000, "memory": 8 * 2**30}


def node(name: str, **given: Any) -> Node:
    labels = {"kubernetes.io/hostname": name, **given.pop("labels", {})}
    return Node(name, given.pop("allocatable", CPU), labels=labels, **given)


def pod(name: str, cpu: int = 0, **given: Any) -> Pod:
    request = (("cpu", cpu),) if cpu else ()
    return Pod(name, Template(request=given.pop("request", request), **given))


def told(nodes: list[Node], *pods: Pod, version: str = "1.36", **given: Any) -> list[str]:
    """Each pod's node, or what is said of the nodes."""
    outcome = Scheduler(nodes, pods, features=features(version), **given).run()
    return [
        place or before_preemption(outcome.messages[number]) for number, place in enumerate(outcome.nodes)
    ]


def test_a_node_attaches_so_many_volumes_and_a_shared_one_once() -> None:
    shared = (Volume("default/shared"),)
    pods = [pod("a", volumes=shared), pod("b", volumes=shared), pod("c", volumes=(Volume("default/own"),))]
    assert told([node("n", volumes=1)], *pods) == [
        "n", "n", "0/1 nodes are available: 1 node(s) exceed max volume count",
    ]  # fmt: skip


def test_volumes_of_a_pods_own_count_one_by_one() -> None:
    pods = [pod(name, request=((ATTACHED, 1),)) for name in "ab"]
    found = told([node("n", allocatable={**CPU, ATTACHED: 1})], *pods)
    assert found == ["n", "0/1 nodes are available: 1 node(s) exceed max volume count"]


def test_a_volume_keeps_a_pod_in_its_zone() -> None:
    nodes = [node("a", labels={ZONE: "z1"}), node("b", labels={ZONE: "z2"})]
    assert told(nodes, pod("p", volumes=(Volume("default/v", zones=("z2",)),))) == ["b"]
    (found,) = told(nodes[:1], pod("p", volumes=(Volume("default/v", zones=("z2",)),)))
    assert found == "0/1 nodes are available: 1 node(s) had volume node affinity conflict"


def test_an_exclusive_volume_takes_one_pod() -> None:
    volumes = (Volume("default/v", exclusive=True),)
    found = told([node("a"), node("b")], pod("p", volumes=volumes), pod("q", volumes=volumes))
    assert found[0] in ("a", "b")
    assert "2 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod" in found[1]


def test_a_named_node_is_the_only_one() -> None:
    assert told([node("a"), node("b")], pod("p", node_name="b")) == ["b"]


@pytest.mark.parametrize(
    ("version", "taint"), [("1.28", "taint {tier: data}"), ("1.36", "taint(s)")], ids=["named", "counted"]
)
def test_older_versions_name_the_taint(version: str, taint: str) -> None:
    tainted = node("a", taints=(Taint("tier", "data", "NoSchedule"),))
    (found,) = told([tainted], pod("p"), version=version)
    assert found == f"0/1 nodes are available: 1 node(s) had untolerated {taint}"


def test_without_a_node_there_is_nothing_to_say_of_any() -> None:
    assert told([], pod("p")) == [NO_NODES]


def test_the_least_important_pods_make_room() -> None:
    low = [pod(f"low-{number}", 2000, priority=number) for number in range(2)]
    outcome = Scheduler([node("a")], [*low, pod("high", 2000, priority=9)]).run()
    assert outcome.nodes == (None, "a", "a")
    assert outcome.evicted == (0,)


def test_the_node_that_loses_the_least_is_chosen() -> None:
    running = [
        Pod("two", pod("", 4000, priority=2).template, node="a"),
        Pod("one", pod("", 4000, priority=1).template, node="b"),
    ]
    outcome = Scheduler([node("a"), node("b")], [*running, pod("high", 3000, priority=9)]).run()
    assert outcome.nodes == ("a", None, "b")


def test_a_budget_is_broken_only_where_nobody_else_can_go() -> None:
    kept = replace(pod("", 4000, priority=1).template, labels=(("app", "kept"),))
    free = pod("", 4000, priority=2, preempts=False).template
    running = [Pod("kept", kept, node="a"), Pod("free", free, node="b")]
    high = pod("high", 3000, priority=9)
    assert Scheduler([node("a"), node("b")], [*running, high]).run().nodes == (None, "b", "a")
    guarded = Scheduler([node("a"), node("b")], [*running, high], budgets=[(frozenset({kept}), 1)])
    assert guarded.run().nodes == ("a", None, "b")
    alone = Scheduler([node("a")], [running[0], high], budgets=[(frozenset({kept}), 1)])
    assert alone.run().nodes == (None, "a")


def test_nobody_is_pushed_out_where_that_is_no_help_or_not_wanted() -> None:
    low = Pod("low", pod("", 1000, priority=1).template, node="a")
    outcome = Scheduler([node("a")], [low, pod("huge", 9000, priority=9)]).run()
    assert outcome.nodes == ("a", None)
    polite = pod("polite", 4000, priority=9, preempts=False)
    outcome = Scheduler([node("a")], [low, polite]).run()
    assert outcome.nodes == ("a", None)
    assert outcome.messages[1].endswith("preemption: not eligible due to preemptionPolicy=Never.")


def raw(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p", "namespace": "web", "labels": {"app": "p"}}, "spec": spec}


def test_an_affinity_reaches_other_namespaces_by_their_labels() -> None:
    term = {
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchLabels": {"app": "db"}},
        "namespaceSelector": {"matchLabels": {"team": "data"}},
    }
    affinity = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    wanting = read_pod(View(raw(affinity=affinity)), Features())
    database = Pod("db", Template(namespace="data", labels=(("app", "db"),)), node="b")
    nodes = [node("a"), node("b")]
    assert told(nodes, database, wanting, namespaces={"data": {"team": "data"}}) == ["b", "b"]
    assert "didn't match pod affinity rules" in told(nodes, database, wanting)[1]


@pytest.mark.parametrize(("version", "cpu"), [("1.28", 250), ("1.29", 350)])
def test_a_sidecar_counts_beside_the_others_since_1_29(version: str, cpu: int) -> None:
    def container(amount: str, **more: str) -> dict[str, Any]:
        return {"resources": {"requests": {"cpu": amount}}, **more}

    spec = raw(containers=[container("250m")], initContainers=[container("100m", restartPolicy="Always")])
    assert dict(read_pod(View(spec), features(version)).template.request)["cpu"] == cpu


@pytest.mark.parametrize(("version", "cpu"), [("1.33", 100), ("1.34", 500)])
def test_what_a_pod_requests_itself_counts_since_1_34(version: str, cpu: int) -> None:
    spec = raw(
        containers=[{"resources": {"requests": {"cpu": "100m"}}}], resources={"requests": {"cpu": "500m"}}
    )
    assert dict(read_pod(View(spec), features(version)).template.request)["cpu"] == cpu


@pytest.mark.parametrize(
    ("nodes", "most"), [(4, 4), (99, 99), (150, 100), (500, 230), (5000, 500), (9000, 450)]
)
def test_of_many_nodes_only_some_are_compared(nodes: int, most: int) -> None:
    assert compared(nodes) == most


def test_a_large_cluster_is_filled_all_the_same() -> None:
    nodes = [node(f"n{number}", labels={ZONE: f"z{number % 3}"}) for number in range(150)]
    pods = [pod(f"p{number}", 2000) for number in range(300)]
    outcome = Scheduler(nodes, pods).run()
    assert outcome.pending == []
    assert all(outcome.nodes.count(each.name) == 2 for each in nodes)
