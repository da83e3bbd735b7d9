"""Who may talk to whom: nobody, except where a flow is declared.

The kubelet's probes come from the pod's own node; they are always allowed and never declared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs import Construct

from tiered.component import Component
from tiered.manifest import Body, Wave
from tiered.network.flow import Allow, Peer, PodPeer, Port
from tiered.origin import Origin

DNS = (Port(number=53, protocol="UDP"), Port(number=53))
_BOTH = ("Ingress", "Egress")
CLUSTER_DNS = PodPeer(namespace="kube-system", labels={"k8s-app": "kube-dns"})


@dataclass(frozen=True, kw_only=True)
class PodPolicy:
    """What may reach some pods, and what they may reach; a direction without flows is closed.

    Args:
        name: of the NetworkPolicy.
        pods: labels of the pods it is about, in the chart's namespace; none are all of them.
    """

    name: str
    pods: Mapping[str, str]
    ingress: Sequence[Allow] = ()
    egress: Sequence[Allow] = ()


class NamespaceIsolation(Component):
    """Denies all pods of the chart's namespace everything, in both directions, except to ask for names.

    Args:
        dns: the pods of the cluster's DNS.
        policies: the exceptions.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        dns: Peer = CLUSTER_DNS,
        policies: Sequence[PodPolicy] = (),
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        _add_policy(self, PodPolicy(name="default-deny", pods={}), types=_BOTH)
        ask = PodPolicy(name="allow-dns", pods={}, egress=[Allow(peers=[dns], ports=DNS)])
        _add_policy(self, ask, types=("Egress",))
        for policy in policies:
            _add_policy(self, policy, types=_BOTH)


class WorkloadPolicy(Component):
    """A NetworkPolicy named by its `id`: what may reach some pods, and what they may reach.

    A direction without flows is closed. Equal flows are written once, peers with the same ports in one
    rule, all of it sorted: the manifest does not depend on the order in which flows are declared.

    Args:
        pods: labels of the pods it is about, in the chart's namespace; none are all of them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        pods: Mapping[str, str],
        ingress: Sequence[Allow] = (),
        egress: Sequence[Allow] = (),
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        _add_policy(self, PodPolicy(name=id, pods=pods, ingress=ingress, egress=egress), types=_BOTH)


def _add_policy(component: Component, policy: PodPolicy, *, types: Sequence[str]) -> None:
    selector: Body = {"matchLabels": dict(policy.pods)} if policy.pods else {}
    spec: Body = {"podSelector": selector, "policyTypes": list(types)}
    own_namespace = component.chart.target_namespace
    for direction, side, flows in (("ingress", "from", policy.ingress), ("egress", "to", policy.egress)):
        if flows:
            spec[direction] = _rules(flows, side=side, own_namespace=own_namespace)
    component.add("networking.k8s.io/v1", "NetworkPolicy", policy.name, wave=Wave.CONFIGURATION, spec=spec)


def _rules(flows: Sequence[Allow], *, side: str, own_namespace: str | None) -> list[Body]:
    """The fewest rules: all ports of each peer first, then the peers that have the same ports."""
    peers: dict[str, Body] = {}
    ports: dict[str, dict[Port, None]] = {}
    for flow in flows:
        for peer in flow.peers:
            body = peer.body(own_namespace)
            key = json.dumps(body, sort_keys=True)
            peers.setdefault(key, body)
            ports.setdefault(key, {}).update(dict.fromkeys(flow.ports))
    rules: dict[tuple[Port, ...], list[Body]] = {}
    for key in sorted(peers):
        same = tuple(sorted(ports[key], key=lambda port: port.rank))
        rules.setdefault(same, []).append(peers[key])
    return [
        {side: rules[same], "ports": [port.body() for port in same]}
        for same in sorted(rules, key=lambda same: [port.rank for port in same])
    ]
