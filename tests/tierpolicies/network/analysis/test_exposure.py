"""To whom workloads are open that no manifest shows."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.tierpolicies.network.clusters import cluster, index_of, made
from tests.tierpolicies.network.oracle import Object, Packet, home_of
from tests.tierpolicies.network.written import DB, WEB, index, pod, policy
from tierpolicies.network.analysis.exposure import ExposedNetwork
from tierpolicies.network.notation.lines import connection_lines, exposure_lines
from tierpolicies.network.policies.policy import INGRESS


def test_names_of_ports_stay_names_for_pods_that_may_come() -> None:
    to = "{to: [{namespaceSelector: {}}], ports: [{port: http}]}"
    rule = f"{{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Egress], egress: [{to}]}}"
    network = ExposedNetwork(
        index(pod("web"), pod("db", ports="[{name: http, containerPort: 81}]"), policy(rule))
    )
    told = [each.split() for each in exposure_lines(network)]
    assert [WEB, "=>", "entire-cluster", ":", "TCP", "http"] in told
    assert f"{WEB} => {DB} : TCP 81" in list(connection_lines(network.space, network.connections()))


def labels_of(told: str) -> dict[str, str]:
    """Those of `[pod with {app=a,tier=b}]`; none of `[all pods]`."""
    held = re.search(r"\{(.*)\}", told)
    return dict(each.split("=") for each in held[1].split(",")) if held else {}


def come(beyond: str) -> tuple[list[Object], Object]:
    """Pods that have come as an exposure tells: their namespace, where it is new, and one of them."""
    space, _, who = beyond.partition("/")
    home = space if not space.startswith("[") and who else "fresh"
    found = made("v1", "Pod", "come", home, {"containers": [{"name": "main"}]})
    found["metadata"]["labels"] = labels_of(who)
    metadata = {"name": home, "labels": labels_of(space)}
    known = [{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}] if home == "fresh" else []
    return known, found


def without_terms(value: Any) -> Any:
    """Selectors by labels alone: of terms nobody knows whom they mean until pods come."""
    if isinstance(value, dict):
        return {key: without_terms(each) for key, each in value.items() if key != "matchExpressions"}
    return [without_terms(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(150))
def test_pods_that_come_are_admitted_as_told(seed: int) -> None:
    """By the exposed workload's policies, that is: nobody knows which will be for the pods that come."""
    given = cluster(Random(seed))
    given = replace(given, policies=[without_terms(each) for each in given.policies], admin=[], baseline=[])
    network = ExposedNetwork(index_of(given))
    pods = {f"{home_of(each)}/{each['metadata']['name']}[Pod]": each for each in given.pods}
    for each in network.exposures():
        if each.beyond.endswith("[External]"):
            continue
        spaces, one = come(each.beyond)
        then = replace(given, namespaces=[*given.namespaces, *spaces], pods=[*given.pods, one])
        own = pods[each.endpoint.name]
        ends = (one, own) if each.direction == INGRESS else (own, one)
        for protocol, first, last in network.space.ranges(each.ports):
            for port in {first, last}:
                sent = Packet(*ends, protocol, port)
                assert then.lets(sent, each.direction.lower()), (seed, each.beyond, sent)
