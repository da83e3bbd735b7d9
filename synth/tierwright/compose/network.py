"""NetworkPolicies of a namespace: nothing is open but the declared flows, each from both of its ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tiered.chart import Chart
from tiered.component import Component
from tiered.network.flow import Allow, Port
from tiered.network.policy import NamespaceIsolation, WorkloadPolicy
from tierwright.compose.endpoints import Peer, endpoints
from tierwright.compose.flows import Flow
from tierwright.compose.plan import Plan


def add_policies(plan: Plan, chart: Chart, namespace: str, flows: Sequence[Flow]) -> None:
    """Add the isolation of a namespace and one policy for each endpoint in it that takes part in a flow."""
    # A policy's id is its name, which its workload has already: they stand below a node of their own.
    policies = Component(chart, "policies")
    NamespaceIsolation(policies, "isolation")
    for endpoint in endpoints(plan).values():
        if endpoint.namespace != namespace:
            continue
        ingress = [_allow(flow, flow.source.peers) for flow in flows if flow.target == endpoint]
        egress = [_allow(flow, flow.target.peers) for flow in flows if flow.source == endpoint]
        if ingress or egress:
            WorkloadPolicy(
                policies,
                policy_name(plan, endpoint.name),
                pods=endpoint.labels,
                ingress=ingress,
                egress=egress,
            )


def policy_name(plan: Plan, endpoint: str) -> str:
    """The endpoint's own name, unless its store asks for another."""
    store = plan.platform.stores.get(endpoint)
    return endpoint if store is None or store.network_policy is None else store.network_policy


def _allow(flow: Flow, peers: Sequence[Peer]) -> Allow:
    return Allow(peers=tuple(peers), ports=tuple(_ports(flow)))


def _ports(flow: Flow) -> Iterator[Port]:
    for number in flow.ports:
        yield Port(number=number)
