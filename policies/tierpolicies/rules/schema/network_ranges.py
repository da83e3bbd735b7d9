"""A NetworkPolicy names a range of addresses or ports that cannot be.

## What it does
Reads the CIDR of each `ipBlock` and its exceptions, which must lie within it and be smaller, and compares
`endPort` with `port`, which must be a number.

## Why is this bad
The API server refuses the policy, so that what it should isolate is open.

## Example
```yaml
ipBlock: {cidr: 10.0.0.0/16, except: [10.1.0.0/24]}
```

## Use instead
```yaml
ipBlock: {cidr: 10.0.0.0/16, except: [10.0.1.0/24]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("NetworkPolicy",),
    severity=Severity.ERROR,
    remediation="Correct the range; an exception lies within its block, an endPort is no less than its port.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each range that is none."""
    if manifest.group != "networking.k8s.io":
        return
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for entry in manifest.view.at("spec", direction):
            for peer in entry[peers]:
                if "ipBlock" in peer.mapping:
                    yield from _of_block(manifest, peer["ipBlock"])
            for port in entry["ports"]:
                if "endPort" in port.mapping:
                    yield from _of_ports(manifest, port)


def _of_block(manifest: Manifest, block: View) -> Iterator[Fault]:
    whole = _range(block["cidr"])
    if whole is None:
        yield Fault(f"{block['cidr'].value!r} is not a range such as 10.0.0.0/16", manifest, block["cidr"])
        return
    for hole in block["except"]:
        inner = _range(hole)
        if inner is None:
            yield Fault(f"{hole.value!r} is not a range such as 10.0.1.0/24", manifest, hole)
        elif inner[0] != whole[0] or not (whole[1] <= inner[1] and inner[2] <= whole[2] and inner != whole):
            told = f"the exception {hole.text} is no smaller part of {block['cidr'].text}"
            yield Fault(told, manifest, hole)


def _range(cidr: View) -> tuple[int, int, int] | None:
    """The IP version, the first and the last address of a range."""
    from ipaddress import ip_network  # noqa: PLC0415 (few trees have blocks)

    try:
        network = ip_network(cidr.text, strict=False)
    except ValueError:
        return None
    if "/" not in cidr.text:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


def _of_ports(manifest: Manifest, port: View) -> Iterator[Fault]:
    first, last = port["port"], port["endPort"]
    if not first:
        yield Fault("an endPort needs a port before it", manifest, last)
    elif first.text:
        yield Fault(f"an endPort needs a port in figures, not {first.text!r}", manifest, last)
    elif first.integer is not None and last.integer is not None and last.integer < first.integer:
        yield Fault(f"the endPort {last.integer} is less than the port {first.integer}", manifest, last)
