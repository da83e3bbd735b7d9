"""A policy admits pods by their addresses.

## What it does
Compares each `ipBlock` with the addresses of pods, where the tree tells them: the `podSubnet` of kubeadm's
ConfigMap, Calico's `IPPool` or `Installation`.

## Why is this bad
Pods get another address with every restart, and an address belongs to another pod the next day. Blocks
are for what is outside of the cluster; pods are selected by their labels.

## Example
```yaml
from: [{ipBlock: {cidr: 192.168.4.17/32}}]   # of the pool 192.168.0.0/16
```

## Use instead
```yaml
from: [{podSelector: {matchLabels: {app: web}}}]
```
"""

import ipaddress
import re
from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import DIRECTIONS, SIDES, isolation

_SUBNET = re.compile(r"podSubnet:\s*[\"']?([0-9a-fA-F.:/]+)")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@rule(needs=("NetworkPolicy",), severity=Severity.WARNING, remediation="Select the pods by their labels.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each block of a pool."""
    pools = list(_pools(context.index))
    for policy in isolation(context.index).policies if pools else ():
        for direction in DIRECTIONS:
            for entry in policy.rules(direction):
                for peer in entry[SIDES[direction][1]]:
                    cidr = peer.at("ipBlock", "cidr")
                    pool = next((each for each in pools if _is_part(cidr.text, each)), None)
                    if pool is not None:
                        message = f"{cidr.text} is of the pods' own addresses, {pool}"
                        yield Fault(message, policy.manifest, cidr)


def _pools(index: Index) -> Iterator[_Network]:
    written = [each.view.at("spec", "cidr").text for each in index.of_kind("IPPool")]
    for installation in index.of_kind("Installation"):
        written += [each["cidr"].text for each in installation.view.at("spec", "calicoNetwork", "ipPools")]
    for settings in index.of_kind("ConfigMap"):
        written += _SUBNET.findall(settings.view.at("data", "ClusterConfiguration").text)
    for text in written:
        network = _network(text)
        if network is not None:
            yield network


def _is_part(text: str, pool: _Network) -> bool:
    network = _network(text)
    if isinstance(network, ipaddress.IPv4Network) and isinstance(pool, ipaddress.IPv4Network):
        return network.subnet_of(pool)
    if isinstance(network, ipaddress.IPv6Network) and isinstance(pool, ipaddress.IPv6Network):
        return network.subnet_of(pool)
    return False


def _network(text: str) -> _Network | None:
    try:
        return ipaddress.ip_network(text, strict=False) if text else None
    except ValueError:
        return None
