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

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.network.policies.addresses import METADATA, address, parsed
from tierpolicies.traffic.isolation import EGRESS, Entry, isolation

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
    for text in METADATA:
        if _within(text, block["cidr"]) and not any(_within(text, each) for each in block["except"]):
            return text
    return ""


def _takes_out(block: View) -> bool:
    return any(_within(text, each) for text in METADATA for each in block["except"])


def _within(text: str, cidr: View) -> bool:
    block = parsed(cidr.text)
    return block is not None and block.holds(address(text))
