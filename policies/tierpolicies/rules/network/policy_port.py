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
from tierpolicies.traffic.isolation import EGRESS, INGRESS, Policy, isolation
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
    for policy in isolation(context.index).policies:
        selected = context.index.matched(policy.namespace, policy.selector)
        for entry in policy.rules(INGRESS):
            yield from _unknown(context, policy, entry, selected)
        for entry in policy.rules(EGRESS):
            peers = [_pods(context, policy, peer) for peer in entry["to"]]
            if peers and all(peers):
                yield from _unknown(context, policy, entry, [each for found in peers for each in found])


def _pods(context: Context, policy: Policy, peer: View) -> list[Workload]:
    """The workloads that a peer means; none where pods that the tree does not show may be meant."""
    if peer["ipBlock"] or not peer["podSelector"]:
        return []
    homes = {policy.namespace}
    if peer["namespaceSelector"]:
        found = isolation(context.index)
        homes = {name for name in found.namespaces if found.may_match(peer["namespaceSelector"], name)}
    if any(context.outside.reaches(home) for home in homes):
        return []
    return [each for home in sorted(homes) for each in context.index.matched(home, peer["podSelector"])]


def _unknown(context: Context, policy: Policy, entry: View, pods: Sequence[Workload]) -> Iterator[Fault]:
    if not pods or not any(entry["ports"]):
        return
    ports = PodPorts(pods)
    for port in entry["ports"]:
        wanted = port["port"]
        if wanted.text and not ports.has(wanted.text):
            hint = nearest(wanted.text, ports.names)
            yield Fault(
                f"no container of {ports.pods} has a port named {wanted.text!r}{hint}",
                policy.manifest,
                wanted,
            )
        elif wanted.integer and not port["endPort"] and ports.numbers and not ports.has(wanted.integer):
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
