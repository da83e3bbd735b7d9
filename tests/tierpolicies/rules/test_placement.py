"""Namespaces and DaemonSets against the tiers of a description."""

from __future__ import annotations

import pytest

from tests.tierpolicies.rules.judged import PLATFORM, Parsed, messages, of, pod, workload


def namespace(name: str, **labels: str) -> Parsed:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ([namespace("api", tier="api")], None),
        ([namespace("api")], "the namespace is of no tier; by the description it belongs to 'api'"),
        ([namespace("api", tier="data")], "the namespace is of the tier 'data'; by the description"),
        ([namespace("other", tier="data")], None),
        ([namespace("other")], None),
        ([namespace("other"), workload(space="other")], "the namespace is of no tier"),
        ([namespace("other", tier="dta"), workload(space="other")], "(did you mean 'data'?)"),
    ],
)
def test_the_tier_of_a_namespace(objects: list[Parsed], told: str | None) -> None:
    found = messages("placement/namespace-tier", *objects, platform=PLATFORM)
    assert len(found) == (told is not None)
    assert (told or "") in "".join(found)
    assert messages("placement/namespace-tier", *objects) == []


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (pod(), "the nodes of tainted carry tier=data:NoSchedule, so that it does not run there"),
        (pod(tolerations=[{"operator": "Exists"}]), None),
        (pod(tolerations=[{"operator": "Exists", "effect": "NoExecute"}]), "the nodes of tainted"),
        (pod(tolerations=[{"key": "tier", "operator": "Exists"}]), None),
        (pod(tolerations=[{"key": "tier", "value": "other"}]), "the nodes of tainted"),
        (pod(nodeSelector={"tier": "api"}), None),
    ],
)
def test_nodes_that_a_daemon_set_does_not_reach(spec: Parsed, told: str | None) -> None:
    found = messages("placement/daemon-reach", workload(spec, kind="DaemonSet"), platform=PLATFORM)
    assert len(found) == (told is not None)
    assert (told or "") in "".join(found)
    assert messages("placement/daemon-reach", workload(spec), platform=PLATFORM) == []


def test_a_workload_is_not_told_for_the_label_of_its_namespace() -> None:
    classes = {**of("PriorityClass", "scheduling.k8s.io/v1", "api", value=1000), "metadata": {"name": "api"}}
    web = workload(pod(nodeSelector={"tier": "api"}, priorityClassName="api"), tier="api")
    rule = "placement/tier-agreement"
    for label in ("api", "data"):
        assert messages(rule, namespace("api", tier=label), classes, web, platform=PLATFORM) == []
    web["metadata"]["namespace"] = "data"
    (message,) = messages(rule, namespace("data", tier="data"), classes, web, platform=PLATFORM)
    assert message == "the pods are of tier 'api', their namespace is of data"
