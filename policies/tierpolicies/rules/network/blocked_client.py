"""A policy keeps out a workload that calls.

## What it does
Finds the Services of the tree that workloads name in their variables and commands, such as
`DB_HOST=postgres.data.svc` and `DB_PORT=5432`, and looks whether the policies of both sides let the call
through: ingress of the pods behind the Service, egress of the workload. Private `ipBlock`s may hold pods,
and count as letting it.

## Why is this bad
The call waits until it times out: the workload does not work, and nothing says why.

## Example
```yaml
kind: NetworkPolicy   # of postgres, admits the namespace shop; beat of default calls it, too
```

## Use instead
```yaml
ingress:
  - from:
      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}
        podSelector: {matchLabels: {app: beat}}
    ports: [{port: 5432}]
```
"""

from collections.abc import Iterator, Sequence

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.network.intent.blame import blamed
from tierpolicies.traffic.isolation import EGRESS, INGRESS, Direction, Isolation, Port, isolation
from tierpolicies.traffic.service_calls import Call, service_calls
from tierpolicies.traffic.service_targets import service_targets


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.ERROR,
    remediation="Admit the call in the policies of both sides.",
    rests_on=("NetworkPolicy", "Namespace"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each call that a policy stops."""
    found = isolation(context.index)
    if not found.policies:
        return
    for call in service_calls(context.index):
        labels = call.service.view.at("spec", "selector").labels
        behind = context.index.selected(call.service.namespace, labels) if labels else []
        if call.client.pod["hostNetwork"].value is True:
            continue
        for workload in behind:
            is_own = workload.manifest is call.client.manifest or workload.pod["hostNetwork"].value is True
            ports = [] if is_own else _ports(context, call, workload)
            if ports:
                yield from _stopped(found, call, workload, ports)


def _ports(context: Context, call: Call, workload: Workload) -> list[Port]:
    """The ports of the pods that a call may mean."""
    targets = [each for each in service_targets(context.index, workload) if each.service is call.service]
    if call.port is not None:
        # A headless Service leads to the pods' own ports, whatever it lists.
        meant = [each for each in targets if each.port["port"].integer == call.port]
        return [port for each in meant for port in each.pod_ports]
    return [port for each in targets for port in each.pod_ports]


def _stopped(found: Isolation, call: Call, workload: Workload, ports: Sequence[Port]) -> Iterator[Fault]:
    sides: tuple[tuple[Direction, Workload, bool], ...] = (
        (INGRESS, workload, any(found.comes_in(call.client, workload, port) for port in ports)),
        (EGRESS, call.client, any(found.goes_out(call.client, workload, port) for port in ports)),
    )
    for direction, isolated, passes in sides:
        policy = None if passes else blamed(found.selecting(isolated, direction), direction, ports[0].number)
        if policy is not None:
            client = call.client.manifest
            home = client.namespace or DEFAULT_NAMESPACE
            what = f"{call.service.name}:{' or '.join(dict.fromkeys(str(each.number) for each in ports))}"
            told = f"{client.name} of the namespace {home} calls {what} ({call.told_by})"
            how = "is not admitted" if direction == INGRESS else "may not go out there"
            at = f"/spec/{direction.lower()}"
            yield Fault(f"{told}, and {how}", policy.manifest, at, detail=f"{home} {client.name} {what}")
