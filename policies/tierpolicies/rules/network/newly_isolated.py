"""The first policy for some pods cuts off what they did before.

## What it does
Compares with the base: finds workloads that no NetworkPolicy was for in a direction, and one is now, and
tells which callers, or called Services, are cut off by it, as variables and commands tell of them.

## Why is this bad
The first policy for a direction isolates pods: whatever it does not admit is cut off, not only what it is
about. A policy that was written to admit one more client so keeps out all others.

## Example
```yaml
# the only policy of the namespace, new: all other clients of db are cut off
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: report}}}]}]
```

## Use instead
```yaml
  ingress:
    - from:
        - podSelector: {matchLabels: {app: report}}
        - podSelector: {matchLabels: {app: web}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import BASE, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.rule import rule
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.policy import DIRECTIONS, INGRESS, Direction
from tierpolicies.network.topology.endpoints import Endpoint
from tierpolicies.traffic.service_calls import service_calls


@rule(
    needs=(BASE, "NetworkPolicy"),
    severity=Severity.ERROR,
    remediation="Admit in the policy everything that the pods need, or narrow whom it selects.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each workload that was open and has lost a caller, or what it calls."""
    former = context.base_index
    if former is None:
        return
    before, now = Network(former, hosts_are_nodes=True), Network(context.index, hosts_are_nodes=True)
    known = {each.name: each for each in before.workloads}
    calls = _calls(context.index, now)
    for endpoint in now.workloads:
        was = known.get(endpoint.name)
        for direction in DIRECTIONS if was is not None else ():
            policies = now.policies_of(endpoint, direction)
            if was is None or not policies or before.policies_of(was, direction):
                continue
            lost = [
                other.short_name
                for other in _others(calls, endpoint, direction)
                if not now.side(endpoint, other, direction)
            ]
            if lost:
                one = policies[0]
                verb = "keeps out" if direction == INGRESS else "keeps it from"
                message = f"the first policy for {endpoint.short_name} {verb} {', '.join(sorted(set(lost)))}"
                yield Fault(message, one.manifest, one.selector, detail=f"{endpoint.name} {direction}")


def _calls(index: Index, network: Network) -> list[tuple[Endpoint, Endpoint]]:
    """Who calls whom, as variables and commands tell."""
    by_workload = {
        id(each.workload.manifest): each for each in network.workloads if each.workload is not None
    }
    found = []
    for call in service_calls(index):
        labels = call.service.view.at("spec", "selector").labels
        behind = index.selected(call.service.namespace or DEFAULT_NAMESPACE, labels) if labels else []
        caller = by_workload.get(id(call.client.manifest))
        called = [by_workload.get(id(each.manifest)) for each in behind]
        found += [(caller, each) for each in called if caller is not None and each is not None]
    return found


def _others(
    calls: list[tuple[Endpoint, Endpoint]], endpoint: Endpoint, direction: Direction
) -> Iterator[Endpoint]:
    for caller, called in calls:
        if direction == INGRESS and called is endpoint:
            yield caller
        elif direction != INGRESS and caller is endpoint:
            yield called
