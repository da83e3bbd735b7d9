"""A policy lets pods ask the node's metadata service.

## What it does
Reports egress rules that are for everyone, or for a block of addresses, and do not take 169.254.169.254 out
(fd00:ec2::254 in IPv6). A rule for other ports than 80, where the service answers, is reported only where
other rules of the tree take the address out.

## Why is this bad
That address gives a node's credentials to whoever asks: one captured pod, or one request forged by way of
it, is enough to act as the node.

## Example
```yaml
egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]
```

## Use instead
```yaml
egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]
```
"""

import ipaddress
from collections.abc import Iterator
from functools import lru_cache

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import EGRESS, Entry, isolation

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_ADDRESSES: tuple[_Address, ...] = (
    ipaddress.ip_address("169.254.169.254"),
    ipaddress.ip_address("fd00:ec2::254"),
)
_PORT = 80


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Take 169.254.169.254/32 out of the block with `except`.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each rule that admits the address."""
    found = isolation(context.index)
    rules = [(policy, entry) for policy in found.policies for entry in policy.entries(EGRESS)]
    is_known = any(_takes_out(peer.block) for _, entry in rules for peer in entry.peers if peer.block)
    for policy, entry in rules:
        if not entry.peers:
            if _asks(entry):
                message = "everyone is admitted, the metadata address 169.254.169.254 too"
                yield Fault(message, policy.manifest, entry.view)
            continue
        for peer in entry.peers:
            address = _held(peer.block) if peer.block else ""
            if peer.block and address and (is_known or _asks(entry)):
                message = f"the block {peer.block['cidr'].text} holds the metadata address {address}"
                yield Fault(message, policy.manifest, peer.block)


def _asks(entry: Entry) -> bool:
    """Whether a rule is for the port of the metadata service."""
    return not entry.ports or any(
        each.protocol == "TCP"
        and not each.name
        and (each.first is None or each.first <= _PORT <= (each.last or each.first))
        for each in entry.ports
    )


def _held(block: View) -> str:
    """The metadata address in a block that does not take it out; empty where it has none."""
    for address in _ADDRESSES:
        if _within(address, block["cidr"]) and not any(_within(address, each) for each in block["except"]):
            return str(address)
    return ""


def _takes_out(block: View) -> bool:
    return any(_within(address, each) for address in _ADDRESSES for each in block["except"])


def _within(address: _Address, cidr: View) -> bool:
    network = _network(cidr.text)
    return network is not None and address in network


@lru_cache(maxsize=4096)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
