"""The declared flows as plain data for the judge, who proves the written policies by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tiered.network.flow import BlockPeer, NamespacePeer
from tiered.network.policy import CLUSTER_DNS, DNS
from tiered.origin import Origin
from tierwright.compose.endpoints import Endpoint
from tierwright.compose.flows import flows
from tierwright.compose.namespaces import inhabited
from tierwright.compose.plan import Plan

Data = Mapping[str, object]


def intent(plan: Plan) -> Iterator[Data]:
    """Every flow of an environment: `{"from", "to", "ports", "why", "source"}`.

    An end is `{"name", "namespace", "labels"}`, pods by their labels (none are all of the namespace), or
    `{"name", "blocks": [{"cidr", "except"}]}`; a port `TCP 443`; `source` a place in the description.
    """
    for flow in flows(plan):
        ports = [f"TCP {port}" for port in flow.ports]
        yield _flow(_end(flow.source), _end(flow.target), ports, flow.reason, flow.origin)
    names = {"name": "DNS", "namespace": CLUSTER_DNS.namespace, "labels": dict(CLUSTER_DNS.labels)}
    for namespace in inhabited(plan):
        pods: Data = {"name": f"every pod of {namespace}", "namespace": str(namespace), "labels": {}}
        yield _flow(pods, names, [f"{each.protocol} {each.number}" for each in DNS], "asks for names", None)


def _flow(source: Data, target: Data, ports: list[str], why: str, origin: Origin | None) -> Data:
    found = {"from": source, "to": target, "ports": ports, "why": why}
    if origin is None:
        return found
    return {**found, "source": {"file": origin.file, "line": origin.line, "column": origin.column}}


def _end(endpoint: Endpoint) -> Data:
    name = str(endpoint.name)
    if endpoint.namespace is not None:
        labels = {str(key): str(value) for key, value in endpoint.labels.items()}
        return {"name": name, "namespace": str(endpoint.namespace), "labels": labels}
    blocks: list[Data] = []
    for peer in endpoint.peers:
        if isinstance(peer, BlockPeer):
            blocks.append({"cidr": str(peer.cidr), "except": [str(each) for each in peer.except_]})
        elif isinstance(peer, NamespacePeer):
            return {"name": name, "namespace": str(peer.name), "labels": {}}
    return {"name": name, "blocks": blocks}
