"""Sets of ports and addresses, and selectors as bits, against plain ways to say the same."""

from __future__ import annotations

import ipaddress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.documents.view import View
from tierpolicies.network.policies.addresses import Block, Partition, parsed, without
from tierpolicies.network.policies.ports import PROTOCOLS, PortSpace, Range
from tierpolicies.network.policies.selectors import LabelIndex, Selector

numbers = st.integers(1, 65535)
ranges = st.builds(
    lambda protocol, one, other: Range(protocol, min(one, other), max(one, other)),
    st.sampled_from(PROTOCOLS), numbers, numbers,
)  # fmt: skip


def union(space: PortSpace, wanted: list[Range]) -> int:
    found = 0
    for each in wanted:
        found |= space.of(*each)
    return found


def holds(wanted: list[Range], protocol: str, port: int) -> bool:
    return any(each.protocol == protocol and each.first <= port <= each.last for each in wanted)


@given(st.lists(ranges, max_size=6), st.lists(ranges, max_size=6), st.sampled_from(PROTOCOLS), numbers)
def test_ports_are_in_a_set_as_in_its_ranges(
    one: list[Range], other: list[Range], protocol: str, port: int
) -> None:
    space = PortSpace([*one, *other])
    first, second = union(space, one), union(space, other)
    for port_ in {port, *(each.first for each in one), *(min(each.last + 1, 65535) for each in other)}:
        bit = space.of(protocol, port_)
        assert bool(first & bit) == holds(one, protocol, port_)
        assert bool(first & second & bit) == (holds(one, protocol, port_) and holds(other, protocol, port_))


@given(st.lists(ranges, max_size=6))
def test_ranges_are_told_whole_and_apart(wanted: list[Range]) -> None:
    space = PortSpace(wanted)
    told = list(space.ranges(union(space, wanted)))
    assert union(space, told) == union(space, wanted)
    for before, after in pairwise(told):
        assert before.protocol != after.protocol or before.last + 1 < after.first


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ([], "No Connections"),
        ([Range(each, 1, 65535) for each in PROTOCOLS], "All Connections"),
        ([Range("TCP", 80, 80), Range("TCP", 81, 90), Range("UDP", 53, 53)], "TCP 80-90,UDP 53"),
        ([Range("SCTP", 1, 65535), Range("TCP", 8080, 9090)], "SCTP 1-65535,TCP 8080-9090"),
    ],
)  # fmt: skip
def test_ports_in_words(wanted: list[Range], told: str) -> None:
    space = PortSpace(wanted)
    assert space.text(union(space, wanted)) == told


def test_names_that_nobody_answers_for_stay_names() -> None:
    space = PortSpace([Range("TCP", 80, 80)], [("TCP", "http"), ("", "admin")])
    ports = space.of("TCP", 80) | space.named("TCP", "http") | space.named("", "admin")
    assert space.text(ports) == " admin,TCP 80,http"


networks = st.builds(
    lambda address, length: ipaddress.ip_network((address, length), strict=False),
    st.integers(0, 2**32 - 1), st.integers(0, 32),
)  # fmt: skip


@given(networks, st.lists(networks, max_size=4), st.integers(0, 2**32 - 1))
def test_a_block_without_others_holds_what_neither_holds(
    whole: ipaddress.IPv4Network, excepted: list[ipaddress.IPv4Network], number: int
) -> None:
    address = ipaddress.IPv4Address(number)
    left = list(without(block(whole), map(block, excepted)))
    expected = address in whole and not any(address in each for each in excepted)
    assert sum(each.first <= number <= each.last for each in left) == expected


def block(network: ipaddress.IPv4Network) -> Block:
    found = parsed(str(network))
    assert found is not None
    return found


@given(st.lists(networks, max_size=5), st.integers(0, 2**32 - 1))
def test_pieces_are_all_addresses_once_and_no_block_cuts_one(
    wanted: list[ipaddress.IPv4Network], number: int
) -> None:
    partition = Partition(map(block, wanted), (4,))
    (at,) = (at for at, piece in enumerate(partition.pieces) if piece.first <= number <= piece.last)
    for each in map(block, wanted):
        assert (at in partition.within(each)) == (each.first <= number <= each.last)


@pytest.mark.parametrize("text", ["", "10.0.0.0", "10.0.0.0/33", "300.0.0.0/8", "::/129", "ten/8"])
def test_what_is_no_block(text: str) -> None:
    assert parsed(text) is None


def test_blocks_of_both_families() -> None:
    assert str(parsed("10.1.2.3/8")) == "10.0.0.0-10.255.255.255"
    assert str(parsed("fd00::/126")) == "fd00::-fd00::3"


keys, values = st.sampled_from(["app", "tier"]), st.sampled_from(["a", "b", "c"])
labels = st.dictionaries(keys, values)
terms = st.one_of(
    st.builds(
        lambda key, operator, several: {"key": key, "operator": operator, "values": several},
        keys, st.sampled_from(["In", "NotIn"]), st.lists(values, min_size=1, max_size=3),
    ),
    st.builds(
        lambda key, operator: {"key": key, "operator": operator},
        keys, st.sampled_from(["Exists", "DoesNotExist"]),
    ),
)  # fmt: skip
selectors = st.builds(
    lambda wanted, expressions: {"matchLabels": wanted, "matchExpressions": expressions},
    labels, st.lists(terms, max_size=3),
)  # fmt: skip


@given(selectors, st.lists(labels, max_size=8))
def test_all_at_once_are_selected_as_one_by_one(
    written: dict[str, object], labelled: list[dict[str, str]]
) -> None:
    selector = Selector(View(written))  # type: ignore[arg-type]  # a value as YAML has it
    index = LabelIndex((1 << number, each) for number, each in enumerate(labelled))
    expected = sum(1 << number for number, each in enumerate(labelled) if selector.is_met(each))
    assert index.select(selector) == expected


@given(selectors, selectors, labels)
def test_selectors_with_the_same_key_ask_for_the_same(
    one: dict[str, object], other: dict[str, object], met: dict[str, str]
) -> None:
    first, second = Selector(View(one)), Selector(View(other))  # type: ignore[arg-type]
    if first.key == second.key:
        assert first.is_met(met) == second.is_met(met)


@pytest.mark.parametrize(
    "written",
    [
        {"matchLabels": {"app": 1}},
        {"matchExpressions": [{"key": "app", "operator": "Is"}]},
        {"matchExpressions": [{"key": "app", "operator": "In"}]},
        {"matchExpressions": [{"key": "app", "operator": "Exists", "values": ["a"]}]},
        {"matchExpressions": [{"operator": "Exists"}]},
        ["app"],
    ],
)
def test_a_selector_that_the_api_refuses_selects_nobody(written: object) -> None:
    selector = Selector(View(written))  # type: ignore[arg-type]
    assert not selector.is_valid
    assert LabelIndex([(1, {"app": "a"})]).select(selector) == 0
