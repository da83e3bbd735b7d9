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
from tierpolicies.network.policies.mistakes import block_mistakes, end_port_mistakes


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
                    yield from _faults(manifest, block_mistakes(peer["ipBlock"]))
            for port in entry["ports"]:
                yield from _faults(manifest, end_port_mistakes(port))


def _faults(manifest: Manifest, mistakes: Iterator[tuple[View, str]]) -> Iterator[Fault]:
    return (Fault(message, manifest, at) for at, message in mistakes)
