"""What a change opens and closes, against single packets before and after it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from tests.tierpolicies.network.clusters import cluster, index_of, packet
from tests.tierpolicies.network.oracle import Cluster, Object, Packet, home_of
from tests.tierpolicies.network.written import DB, WEB, index, pod, policy
from tierpolicies.network.analysis.difference import Change, changes
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.ports import ALL, PROTOCOLS

ENDS = re.compile(r"([0-9a-f.:]+)-([0-9a-f.:]+)\[External\]")


def changed(random: Random, given: Cluster) -> Cluster:
    """The same pods with other policies: some are gone, some of another cluster have come."""
    kept = [each for each in given.policies if random.random() < 0.6]
    others = cluster(random)
    come = [each for each in others.policies if random.random() < 0.4]
    for number, each in enumerate(come):
        each["metadata"]["name"] = f"new-{number}"
    return replace(given, policies=[*kept, *come], admin=others.admin, baseline=others.baseline)


def name(end: Object | str) -> str:
    return end if isinstance(end, str) else f"{home_of(end)}/{end['metadata']['name']}[Pod]"


def ranges(text: str) -> Iterator[tuple[str, int, int]]:
    """`TCP 80,90-99,UDP 53` in figures."""
    if text == ALL:
        yield from ((each, 1, 65535) for each in PROTOCOLS)
        return
    protocol = ""
    for part in text.split(",") if text else ():
        protocol, _, figures = part.rpartition(" ") if " " in part else (protocol, "", part)
        first, _, last = figures.partition("-")
        yield protocol, int(first), int(last or first)


def is_told(found: list[Change], sent: Packet, *, gained: bool) -> bool:
    """Whether a change of a packet's pair and port is among those found."""
    for each in found:
        ports = ranges(each.gained if gained else each.lost)
        if not any(
            protocol == sent.protocol and first <= sent.port <= last for protocol, first, last in ports
        ):
            continue
        if is_end(each.source, sent.source) and is_end(each.destination, sent.destination):
            return True
    return False


def is_end(told: str, end: Object | str) -> bool:
    if not isinstance(end, str):
        return told == name(end)
    match = ENDS.fullmatch(told)
    if match is None:
        return False
    first, last = (ipaddress.ip_address(each) for each in match.groups())
    one = ipaddress.ip_address(end)
    return first.version == one.version and int(first) <= int(one) <= int(last)


@pytest.mark.parametrize("seed", range(100))
def test_packets_that_fare_otherwise_are_told(seed: int) -> None:
    random = Random(seed)
    before = cluster(random)
    after = changed(random, before)
    former, present = Network(index_of(before)), Network(index_of(after))
    found = changes(former, present)
    for _ in range(60):
        sent = packet(random, before, families=former.families | present.families)
        was, now = before.passes(sent), after.passes(sent)
        assert is_told(found, sent, gained=True) == (now and not was), (seed, sent)
        assert is_told(found, sent, gained=False) == (was and not now), (seed, sent)


@pytest.mark.parametrize("seed", range(100))
def test_what_is_told_is_so(seed: int) -> None:
    random = Random(seed)
    before = cluster(random)
    after = changed(random, before)
    pods = {name(each): each for each in before.pods}
    for each in changes(Network(index_of(before)), Network(index_of(after))):
        for text, now in ((each.gained, True), (each.lost, False)):
            for protocol, first, last in ranges(text):
                for source in ends(each.source, pods):
                    for destination in ends(each.destination, pods):
                        for port in {first, last}:
                            sent = Packet(source, destination, protocol, port)
                            assert (before.passes(sent), after.passes(sent)) == (not now, now), (seed, sent)


def ends(told: str, pods: dict[str, Object]) -> list[Object | str]:
    match = ENDS.fullmatch(told)
    return [*match.groups()] if match is not None else [pods[told]]


def test_a_family_that_one_side_names_alone_is_no_change() -> None:
    """Of addresses that no policy names nothing is told: that is no reason to tell that they are gone."""
    rule = "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 'fd00::/16'}}]}]}"
    without = "{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}"
    former, present = (Network(index(pod("web"), pod("db"), policy(each))) for each in (rule, without))
    (change,) = changes(former, present)
    assert (change.source, change.destination, change.lost) == (
        "fd00::-fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff[External]",
        DB,
        ALL,
    )
    assert WEB not in {change.source, change.destination}
