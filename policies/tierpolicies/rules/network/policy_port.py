"""A policy names a port that the pods do not have.

## What it does
Looks up the ports of each rule among those that the containers declare: of the selected pods for ingress,
of the peers' pods for egress. Reported are names that none has, and numbers that none declares where a
Service has that number and leads on to another port.

## Why is this bad
Policies see a connection as it reaches the pod, after the Service has been left behind: a rule for the
Service's port admits nobody.

## Example
```yaml
ports: [{port: 80}]   # the Service's port 80 leads to the containers' 8080
```

## Use instead
```yaml
ports: [{port: 8080}]
```
"""

from collections.abc import Iterator, Sequence

from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import Workload
from tierpolicies.traffic.isolation import (
    EGRESS,
    INGRESS,
    NAMESPACE_NAME,
    Entry,
    Peer,
    Policy,
    isolation,
    pod_ports,
)
from tierpolicies.traffic.pod_ports import PodPorts
from tierpolicies.traffic.service_targets import service_targets


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.ERROR,
    remediation="Name the port that the containers listen on.",
    rests_on=(PODS, "Service"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each port that leads nowhere."""
    found = isolation(context.index)
    for policy in found.policies:
        for entry in policy.entries(INGRESS):
            if entry.ports:
                yield from _unknown(context, policy, entry, found.selected(policy))
        for entry in policy.entries(EGRESS):
            if entry.ports and entry.peers:
                peers = [_pods(context, policy, peer) for peer in entry.peers]
                if all(peers):
                    yield from _unknown(context, policy, entry, [each for pods in peers for each in pods])


def _pods(context: Context, policy: Policy, peer: Peer) -> list[Workload]:
    """The workloads that a peer means; none where pods that the tree does not show may be meant."""
    if peer.block is not None or not peer.view["podSelector"]:
        return []
    homes = {policy.namespace}
    if peer.where is not None:
        found = isolation(context.index)
        named = peer.where.labels.get(NAMESPACE_NAME)
        known = found.namespaces if named is None else [name for name in (named,) if name in found.namespaces]
        homes = {name for name in known if found.may_match(peer.where, name)}
    if any(context.outside.reaches(home) for home in homes):
        return []
    return [each for home in sorted(homes) for each in context.index.matched(home, peer.view["podSelector"])]


def _unknown(context: Context, policy: Policy, entry: Entry, pods: Sequence[Workload]) -> Iterator[Fault]:
    if not pods:
        return
    declared = [port for each in pods for port in pod_ports(each)]
    names, numbers = {each.name for each in declared}, {each.number for each in declared}
    for place, port in enumerate(entry.ports):
        wanted = entry.view.at("ports", place, "port")
        if port.name and port.name not in names:
            ports = PodPorts(pods)
            hint = nearest(port.name, ports.names)
            message = f"no container of {ports.pods} has a port named {port.name!r}{hint}"
            yield Fault(message, policy.manifest, wanted)
        elif port.first and port.first == port.last and numbers and port.first not in numbers:
            yield from _of_service(context, policy, wanted, pods)


def _of_service(context: Context, policy: Policy, wanted: View, pods: Sequence[Workload]) -> Iterator[Fault]:
    for workload in pods:
        for target in service_targets(context.index, workload):
            if target.port["port"].integer == wanted.integer:
                leads = ", ".join(
                    str(each.number) for each in target.pod_ports if each.number != wanted.integer
                )
                if leads:
                    name = target.service.name
                    message = (
                        f"{wanted.integer} is the port of the Service {name}; its pods listen on {leads}"
                    )
                    yield Fault(message, policy.manifest, wanted)
                    return
