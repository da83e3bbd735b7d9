from __future__ import annotations

import subprocess
import sys
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiered.errors import TieredError
from tiered.network.flow import Allow, BlockPeer, NamespacePeer, PodPeer, Port, internet

METADATA = IPv4Address("169.254.169.254")


def test_the_internet_is_neither_the_cluster_nor_the_metadata_service():
    assert internet(["192.168.0.0/16", "10.0.0.0/16", "10.0.1.0/24", "fd12::/48"]) == (
        BlockPeer(cidr="0.0.0.0/0", except_=("10.0.0.0/16", "169.254.0.0/16", "192.168.0.0/16")),
    )


def test_the_internet_over_both_families():
    four, six = internet(["10.0.0.0/16", "fd12::/48"], ipv6=True)

    assert four.except_ == ("10.0.0.0/16", "169.254.0.0/16")
    assert six == BlockPeer(cidr="::/0", except_=("fd00:ec2::/32", "fd12::/48", "fe80::/10"))


@given(
    ranges=st.lists(
        st.builds(
            lambda address, length: str(IPv4Network((address, length), strict=False)),
            st.integers(0, 2**32 - 1),
            st.integers(4, 32),  # six of these can never add up to everything
        ),
        max_size=6,
    ),
    address=st.ip_addresses(v=4),
)
def test_an_address_is_excepted_exactly_if_some_range_holds_it(ranges, address):
    [block] = internet(ranges)
    excepted = [IPv4Network(exception) for exception in block.except_]

    for probe in (address, METADATA, *(IPv4Network(each)[-1] for each in ranges)):
        wanted = any(probe in IPv4Network(each) for each in [*ranges, "169.254.0.0/16"])
        assert any(probe in exception for exception in excepted) == wanted
    assert sum(one.overlaps(other) for one in excepted for other in excepted) == len(excepted)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: PodPeer(labels={}), "every pod"),
        (NamespacePeer, "whole cluster"),
        (lambda: BlockPeer(cidr="10.0.0.1/16"), "host bits"),
        (lambda: BlockPeer(cidr="10.0.0.1"), "write 10.0.0.1/32"),
        (lambda: BlockPeer(cidr="office"), "write a block such as"),
        (lambda: BlockPeer(cidr="10.0.0.0/16", except_=["10.1.0.0/24"]), "no part of"),
        (lambda: BlockPeer(cidr="10.0.0.0/16", except_=["10.0.0.0/16"]), "no part of"),
        (lambda: BlockPeer(cidr="0.0.0.0/0", except_=["fe80::/10"]), "no part of"),
        (lambda: internet(["0.0.0.0/0"]), "no part of"),
        (lambda: Port(number=0), "no range of ports"),
        (lambda: Port(number=65536), "no range of ports"),
        (lambda: Port(number=2000, last=1000), "no range of ports"),
        (lambda: Allow(peers=[], ports=[Port(number=1)]), "would allow all"),
        (lambda: Allow(peers=[PodPeer(labels={"app": "a"})], ports=[]), "would allow all"),
    ],
)
def test_what_would_be_wider_than_it_looks_or_broken_is_refused(make, reason):
    with pytest.raises(TieredError, match=reason):
        make()


def test_flows_are_plain_data_that_start_no_node():
    script = "import sys, tiered.network.flow; sys.exit('jsii' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
