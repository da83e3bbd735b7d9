"""The analyzer, which sees everything at once by bits, against one that follows single packets."""

from collections.abc import Iterable
from random import Random

import pytest

from tests.tierpolicies.network.clusters import cluster, index_of, packet
from tests.tierpolicies.network.oracle import Object, Packet, home_of
from tierpolicies.network.analysis.explanation import explained
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.addresses import address
from tierpolicies.network.policies.mistakes import mistakes
from tierpolicies.network.policies.policy import EGRESS, INGRESS
from tierpolicies.network.topology.endpoints import Endpoint

CLUSTERS, PACKETS = 2000, 40
SHARES = 20


def endpoint(network: Network, thing: Object | str, *, is_source: bool) -> Endpoint:
    """The endpoint of a pod, or of the piece that an address is in: sources are cut by other blocks."""
    if isinstance(thing, str):
        one = address(thing)
        outer = network.sources_outside if is_source else network.destinations_outside
        pieces = (each for each in network.endpoints if network.bits[id(each)] & outer)
        return next(each for each in pieces if each.block is not None and each.block.holds(one))
    name = f"{home_of(thing)}/{thing['metadata']['name']}[Pod]"
    return next(each for each in network.workloads if each.name == name)


def arrives(network: Network, sent: Packet) -> bool:
    source = endpoint(network, sent.source, is_source=True)
    destination = endpoint(network, sent.destination, is_source=False)
    return bool(network.allowed(source, destination) & network.space.of(sent.protocol, sent.port))


@pytest.mark.parametrize("share", range(SHARES))
def test_every_packet_fares_as_the_api_says(share: int) -> None:
    for seed in range(share, CLUSTERS, SHARES):
        random = Random(seed)
        given = cluster(random)
        network = Network(index_of(given))
        assert mistakes(network.policies) == []
        for _ in range(PACKETS):
            sent = packet(random, given, families=network.families)
            assert arrives(network, sent) == given.passes(sent), (seed, sent)


def pairs(network: Network) -> Iterable[tuple[Endpoint, Endpoint, int]]:
    for source, destination in network.pairs():
        yield source, destination, network.allowed(source, destination)


@pytest.mark.parametrize("seed", range(60))
def test_the_list_of_connections_says_what_each_pair_does(seed: int) -> None:
    network = Network(index_of(cluster(Random(seed))))
    told = {(each.source.name, each.destination.name): each.ports for each in network.connections()}
    asked = {(source.name, destination.name): ports for source, destination, ports in pairs(network) if ports}
    assert told == asked
    assert list(told) == sorted(told)


@pytest.mark.parametrize("seed", range(60))
def test_an_explanation_tells_each_port_once_and_rightly(seed: int) -> None:
    network = Network(index_of(cluster(Random(seed))))
    for source, destination, ports in pairs(network):
        found = explained(network, source, destination)
        assert sum(each.ports for each in found) == network.space.full
        assert sum(each.ports for each in found if each.is_allowed) == ports


@pytest.mark.parametrize("seed", range(20))
def test_what_one_rule_decides_changes_nothing_elsewhere(seed: int) -> None:
    """A policy that selects nobody is as good as none."""
    given = cluster(Random(seed))
    idle = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "idle"},
        "spec": {"podSelector": {"matchLabels": {"app": "nobody"}}, "policyTypes": [INGRESS, EGRESS]},
    }
    before = [str(each) for each in lines(Network(index_of(given)))]
    given.policies.append(idle)
    assert [str(each) for each in lines(Network(index_of(given)))] == before


def lines(network: Network) -> Iterable[tuple[str, str, str]]:
    for source, destination, ports in network.connections():
        yield source.name, destination.name, network.space.text(ports)
