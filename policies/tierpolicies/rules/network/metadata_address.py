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

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import EGRESS, isolation

_ADDRESSES = (ipaddress.ip_address("169.254.169.254"), ipaddress.ip_address("fd00:ec2::254"))
_PORT = 80


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Take 169.254.169.254/32 out of the block with `except`.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each rule that admits the address."""
    found = isolation(context.index)
    rules = [(policy, entry) for policy in found.policies for entry in policy.rules(EGRESS)]
    blocks = [peer["ipBlock"] for _, entry in rules for peer in entry["to"]]
    is_known = any(_takes_out(each) for each in blocks)
    for policy, entry in rules:
        if not any(entry["to"]):
            if _asks(entry):
                yield Fault(
                    "everyone is admitted, the metadata address 169.254.169.254 too", policy.manifest, entry
                )
            continue
        for peer in entry["to"]:
            address = _held(peer["ipBlock"])
            if address and (is_known or _asks(entry)):
                message = f"the block {peer.at('ipBlock', 'cidr').text} holds the metadata address {address}"
                yield Fault(message, policy.manifest, peer["ipBlock"])


def _asks(entry: View) -> bool:
    """Whether a rule is for the port of the metadata service."""
    ports = list(entry["ports"])
    return not ports or any(_is_asked(each) for each in ports)


def _is_asked(port: View) -> bool:
    first, last = port["port"].integer, port["endPort"].integer
    if port["protocol"].text not in ("", "TCP") or port["port"].text:
        return False
    return first is None or first <= _PORT <= (last or first)


def _held(block: View) -> str:
    """The metadata address in a block that does not take it out; empty where it has none."""
    for address in _ADDRESSES:
        if _within(address, block["cidr"]) and not any(_within(address, each) for each in block["except"]):
            return str(address)
    return ""


def _takes_out(block: View) -> bool:
    return any(_within(address, each) for address in _ADDRESSES for each in block["except"])


def _within(address: ipaddress.IPv4Address | ipaddress.IPv6Address, cidr: View) -> bool:
    try:
        return address in ipaddress.ip_network(cidr.text, strict=False)
    except ValueError:
        return False
