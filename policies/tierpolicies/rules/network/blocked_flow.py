"""A declared flow is blocked.

## What it does
Holds the flows that the inventory beside the files declares, `index.json`, against the policies of both
sides: each pair of pods, each port. The message names the side, its policy and the rule that it lacks.

## Why is this bad
Somebody said that this is needed. It waits until it times out, and nothing says why.

## Example
```yaml
kind: NetworkPolicy   # of the broker; beat of the namespace default publishes, too
spec:
  ingress:
    - from: [{namespaceSelector: {matchLabels: {tier: async-workers}}}]
      ports: [{port: 5672}]
```

## Use instead
```yaml
    - from:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}
          podSelector: {matchLabels: {app: beat}}
      ports: [{port: 5672}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import FLOWS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.network.intent.blame import blamed
from tierpolicies.network.intent.intent import End, Intent, intent_of
from tierpolicies.network.intent.proof import Blocked, blocked
from tierpolicies.network.policies.policy import INGRESS, SIDES


@rule(
    needs=(FLOWS,),
    severity=Severity.ERROR,
    remediation="Give the policy the rule that it lacks, or run `tierwright synth`, which writes both sides.",
    rests_on=("NetworkPolicy", "Namespace"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each flow that a side stops, once a policy."""
    intent = intent_of(context)
    told: set[tuple[object, ...]] = set()
    for each in blocked(intent) if intent is not None else ():
        first = next(iter(intent.network.space.ranges(each.ports)), None) if intent is not None else None
        policy = blamed(each.policies, each.direction, first.first if first is not None else None)
        key = (id(each.flow), each.direction, id(policy))
        if intent is not None and policy is not None and key not in told:
            told.add(key)
            field = SIDES[each.direction][0]
            detail = f"{each.flow.source} {each.flow.target} {field}"
            message = _message(intent, each, policy.name)
            at = policy.manifest.view.at("spec", field)
            yield Fault(message, policy.manifest, at, detail=detail, source=each.flow.place)


def _message(intent: Intent, each: Blocked, policy: str) -> str:
    flow, ports = each.flow, intent.network.space.text(each.ports)
    field, side = SIDES[each.direction]
    verb = "admit it" if each.direction == INGRESS else "let it out"
    missing = _peer(flow.source if each.direction == INGRESS else flow.target)
    told = f"{flow.source} {flow.why} {flow.target} on {ports}, and {policy} does not {verb}"
    return f"{told}: its {field} lacks `{side}` {missing} on {ports}"


def _peer(end: End) -> str:
    if end.blocks:
        return f"the addresses of {end.name}"
    labels = ", ".join(f"{key}={value}" for key, value in end.labels.items())
    return f"pods {labels} of the namespace {end.namespace}" if labels else f"the namespace {end.namespace}"
