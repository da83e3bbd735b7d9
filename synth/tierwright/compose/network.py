"""NetworkPolicies of a namespace: nothing is open but the declared flows, each from both of its ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tiered.chart import Chart
from tiered.network.flow import Allow, Port
from tiered.network.policy import NamespaceIsolation, PodPolicy
from tierwright.compose.endpoints import Endpoint, Peer
from tierwright.compose.flows import Flow
from tierwright.compose.plan import Plan


def add_policies(
    plan: Plan, chart: Chart, namespace: str, known: Mapping[str, Endpoint], flows: Sequence[Flow]
) -> None:
    """Isolate a namespace, with an exception for each endpoint in it that takes part in a flow."""
    NamespaceIsolation(chart, "isolation", policies=list(_policies(plan, namespace, known, flows)))


def _policies(
    plan: Plan, namespace: str, known: Mapping[str, Endpoint], flows: Sequence[Flow]
) -> Iterator[PodPolicy]:
    for name, endpoint in known.items():
        if endpoint.namespace != namespace:
            continue
        ingress = [_allow(flow, flow.source.peers) for flow in flows if flow.target.name == name]
        egress = [_allow(flow, flow.target.peers) for flow in flows if flow.source.name == name]
        if ingress or egress:
            yield PodPolicy(
                name=_policy_name(plan, endpoint.name), pods=endpoint.labels, ingress=ingress, egress=egress
            )


def _policy_name(plan: Plan, endpoint: str) -> str:
    """The endpoint's own name, unless its store asks for another."""
    store = plan.platform.stores.get(endpoint)
    return endpoint if store is None or store.network_policy is None else store.network_policy


def _allow(flow: Flow, peers: Sequence[Peer]) -> Allow:
    return Allow(peers=tuple(peers), ports=tuple(Port(number=number) for number in flow.ports))
