"""Policies of which any part is replaced by something else: nothing fails, and nothing opens."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from tests.tierpolicies.network.clusters import cluster, index_of, made
from tests.tierpolicies.network.oracle import Cluster
from tierpolicies.network.analysis.exposure import ExposedNetwork
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.notation.explanations import explanations
from tierpolicies.network.notation.lines import connection_lines, exposure_lines
from tierpolicies.network.policies.mistakes import mistakes

NONSENSE = ("no such thing!", 12.5, True, [["no"]], -7)
Path = tuple[str | int, ...]


def below(value: Any, path: Path = ()) -> Iterator[Path]:
    """The ways to everything that stands in a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in items:
        yield (*path, step)
        yield from below(each, (*path, step))


def put(value: Any, path: Path, new: Any) -> Any:
    changed = copy.deepcopy(value)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = new
    return changed


def opened(given: Cluster) -> dict[tuple[str, str, str, int], bool]:
    """Each pair of pods by a port of each protocol that somebody mentions."""
    network = Network(index_of(given))
    return {
        (source.name, destination.name, protocol, number): bool(
            network.allowed(source, destination) & network.space.of(protocol, number)
        )
        for source in network.workloads
        for destination in network.workloads
        for protocol in ("TCP", "UDP", "SCTP")
        for number in (1, 53, 80, 443, 8080, 8085, 9000, 65535)
    }


@pytest.mark.parametrize("seed", range(120))
def test_nonsense_in_a_rule_opens_nothing_and_is_told(seed: int) -> None:
    random = Random(seed)
    given = replace(cluster(random), admin=[], baseline=[])
    for each in given.policies:
        each["spec"]["policyTypes"] = ["Ingress", "Egress"]
    ways = [
        (number, (field, *way))
        for number, each in enumerate(given.policies)
        for field in ("ingress", "egress")
        for way in below(each["spec"].get(field) or [])
    ]
    for number, way in random.sample(ways, min(4, len(ways))):
        policy, nonsense = given.policies[number], random.choice(NONSENSE)
        spoilt = {**policy, "spec": put(policy["spec"], way, nonsense)}
        then = replace(given, policies=[*given.policies[:number], spoilt, *given.policies[number + 1 :]])
        before, after = opened(given), opened(then)
        more = [each for each, is_open in after.items() if is_open and not before[each]]
        assert more == [], (seed, way, nonsense)
        assert mistakes(Network(index_of(then)).policies), (seed, way, nonsense)


scalars = (
    st.none() | st.booleans() | st.integers(-2, 70000) | st.floats(allow_nan=False) | st.text(max_size=8)
)
KEYS = [
    "podSelector",
    "namespaceSelector",
    "matchLabels",
    "matchExpressions",
    "key",
    "operator",
    "values",
    "ingress",
    "egress",
    "from",
    "to",
    "ports",
    "port",
    "endPort",
    "protocol",
    "ipBlock",
    "cidr",
    "except",
    "policyTypes",
    "subject",
    "namespaces",
    "pods",
    "networks",
    "nodes",
    "action",
    "name",
    "priority",
    "portNumber",
    "portRange",
    "namedPort",
    "start",
    "end",
]
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=25,
)


@drawn(values, st.sampled_from(["NetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"]))
def test_any_spec_at_all_is_analyzed(spec: Any, kind: str) -> None:
    api = "networking.k8s.io/v1" if kind == "NetworkPolicy" else "policy.networking.k8s.io/v1alpha1"
    written = made(api, kind, "default", "default" if kind == "NetworkPolicy" else "", spec)
    pods = [made("v1", "Pod", name, "", {"containers": [{"name": "main"}]}) for name in ("web", "db")]
    network = ExposedNetwork(index_of(Cluster([], pods, [written], [], [])))
    for lines in (
        connection_lines(network.space, network.connections()),
        exposure_lines(network),
        explanations(network, network.pairs()),
    ):
        assert "".join(lines) is not None
    assert all(each.place.startswith("cluster.json:") for each in mistakes(network.policies))
