"""Declared flows on random clusters: what is blocked, undeclared and needless, packet by packet."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from tests.tierpolicies.network.clusters import PORTS, PROTOCOLS, cluster, index_of, packet
from tests.tierpolicies.network.oracle import Cluster, Object, Packet, home_of, is_within, labels_of, meets
from tierpolicies.network.intent.intent import End, Flow, Intent
from tierpolicies.network.intent.proof import blocked, needless, undeclared
from tierpolicies.network.policies.addresses import parsed
from tierpolicies.network.policies.policy import SIDES
from tierpolicies.network.policies.ports import Range
from tierpolicies.network.topology.endpoints import Endpoint

OUTSIDE = ("10.1.0.0/16", "1.1.1.0/24", "192.168.0.0/16")
ADDRESS = {"10.1.0.0/16": "10.1.2.3", "1.1.1.0/24": "1.1.1.1", "192.168.0.0/16": "192.168.1.1"}


def isolating(random: Random) -> Cluster:
    """A cluster of NetworkPolicies alone that tell their types, so that a rule less changes nothing else."""
    given = replace(cluster(random), admin=[], baseline=[])
    for policy in given.policies:
        types = ["Ingress", *(["Egress"] if policy["spec"].get("egress") else [])]
        policy["spec"]["policyTypes"] = policy["spec"].get("policyTypes") or types
    return given


def end(random: Random, given: Cluster, *, is_target: bool) -> End:
    if is_target and random.random() < 0.3:
        cidr = random.choice(OUTSIDE)
        block = parsed(cidr)
        assert block is not None
        return End(cidr, blocks=(block,))
    pod = random.choice(given.pods)
    return End("some", home_of(pod), labels_of(pod))


def declare(random: Random, given: Cluster) -> list[Flow]:
    found = []
    for _ in range(random.randint(1, 4)):
        number = random.choice(PORTS)
        port = Range(random.choice(PROTOCOLS), number, number)
        source, target = end(random, given, is_target=False), end(random, given, is_target=True)
        found.append(Flow(source, target, (port,), "calls"))
    return found


def members(of: End, given: Cluster) -> list[Object | str]:
    if of.blocks:
        return [ADDRESS[of.name]]
    labels = {"matchLabels": dict(of.labels)}
    return [each for each in given.pods if home_of(each) == of.namespace and meets(labels, labels_of(each))]


def packets(flows: list[Flow], given: Cluster) -> Iterator[Packet]:
    """Everything that is declared."""
    for flow in flows:
        for source in members(flow.source, given):
            for target in members(flow.target, given):
                for protocol, number, _ in flow.ports:
                    yield Packet(source, target, protocol, number)


def is_declared(sent: Packet, flows: list[Flow], given: Cluster) -> bool:
    for flow in flows:
        (port,) = flow.ports
        is_port = (port.protocol, port.first) == (sent.protocol, sent.port)
        if is_port and is_in(sent.source, flow.source, given) and is_in(sent.destination, flow.target, given):
            return True
    return False


def is_in(one: Object | str, of: End, given: Cluster) -> bool:
    if isinstance(one, str):
        return bool(of.blocks) and is_within(one, of.name)
    return any(each is one for each in members(of, given))


def is_end(told: Endpoint, one: Object | str) -> bool:
    if isinstance(one, str):
        block = parsed(f"{one}/{128 if ':' in one else 32}")
        return told.block is not None and block is not None and told.block.holds(block)
    return told.name == f"{home_of(one)}/{one['metadata']['name']}[Pod]"


@pytest.mark.parametrize("seed", range(150))
def test_what_is_declared_and_stopped_is_told_by_its_side(seed: int) -> None:
    random = Random(seed)
    given = isolating(random)
    flows = declare(random, given)
    intent = Intent(index_of(given), flows)
    found = list(blocked(intent))
    for sent in packets(flows, given):
        if sent.source is sent.destination:
            continue
        bit = intent.network.space.of(sent.protocol, sent.port)
        for direction in ("ingress", "egress"):
            told = any(
                each.direction.lower() == direction
                and is_end(each.source, sent.source)
                and is_end(each.destination, sent.destination)
                and each.ports & bit
                for each in found
            )
            assert told == (not given.lets(sent, direction)), (seed, sent, direction)


@pytest.mark.parametrize("seed", range(150))
def test_what_passes_and_is_not_declared_is_told(seed: int) -> None:
    random = Random(seed)
    given = isolating(random)
    flows = declare(random, given)
    intent = Intent(index_of(given), flows)
    found = list(undeclared(intent))
    for _ in range(60):
        sent = packet(random, given, families=intent.network.families)
        bit = intent.network.space.of(sent.protocol, sent.port)
        told = any(
            is_end(each.source, sent.source)
            and is_end(each.destination, sent.destination)
            and each.ports & bit
            for each in found
        )
        is_undeclared = given.passes(sent) and not is_declared(sent, flows, given)
        assert told == (is_undeclared and is_held(sent, given)), (seed, sent)


def is_held(sent: Packet, given: Cluster) -> bool:
    """Whether a policy is for one of the two sides."""
    return any(
        not isinstance(pod, str)
        and home_of(policy) == home_of(pod)
        and direction in policy["spec"]["policyTypes"]
        and meets(policy["spec"].get("podSelector") or {}, labels_of(pod))
        for policy in given.policies
        for direction, pod in (("Egress", sent.source), ("Ingress", sent.destination))
    )


@pytest.mark.parametrize("seed", range(150))
def test_what_is_needless_may_go_and_the_rest_may_not(seed: int) -> None:
    random = Random(seed)
    given = isolating(random)
    flows = declare(random, given)
    told = {(each.policy.manifest.name, each.at.pointer) for each in needless(Intent(index_of(given), flows))}
    sent = list(packets(flows, given))
    for number, policy in enumerate(given.policies):
        for direction, (field, side) in SIDES.items():
            if direction not in policy["spec"]["policyTypes"]:
                continue
            for at, rule in enumerate(policy["spec"].get(field) or []):
                name, place = policy["metadata"]["name"], f"/spec/{field}/{at}"
                is_idle = may_go(given, number, (field,), at, sent)
                assert ((name, place) in told) == is_idle, (seed, name, place)
                for key in (side, "ports") if not is_idle else ():
                    parts = rule.get(key) or []
                    for part in range(len(parts) if len(parts) > 1 else 0):
                        below = f"{place}/{key}/{part}"
                        gone = may_go(given, number, (field, at, key), part, sent)
                        assert ((name, below) in told) == gone, (seed, name, below)


def may_go(given: Cluster, number: int, path: tuple[str | int, ...], at: int, sent: list[Packet]) -> bool:
    """Whether every declared packet that a direction's policies let through passes them without a part."""
    policies = copy.deepcopy(given.policies)
    holder = policies[number]["spec"]
    for step in path:
        holder = holder[step]
    del holder[at]
    then, field = replace(given, policies=policies), str(path[0])
    return all(then.lets(each, field) for each in sent if given.lets(each, field))
