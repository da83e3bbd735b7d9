"""Two peers were meant to be one.

## What it does
Finds a peer with a `namespaceSelector` alone beside one with a `podSelector` alone, where these cannot be
meant: the first is for all namespaces, so that the second adds nothing; or no pod that the tree shows in the
policy's own namespace matches the second, and pods of the namespace beside it do. Where no such pod can be in
the policy's namespace, `references/network-policy-peer` tells it.

## Why is this bad
As two items they mean "or": every pod of the namespace is admitted, and the pods that were meant are
admitted for another namespace.

## Example
```yaml
from:
  - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}
  - podSelector: {matchLabels: {app: prometheus}}
```

## Use instead
```yaml
from:
  - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}
    podSelector: {matchLabels: {app: prometheus}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import DIRECTIONS, SIDES, Policy, Selector, isolation


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Write namespaceSelector and podSelector in one item, without a dash between them.",
    rests_on=(PODS, *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pair of peers that reads as or."""
    for policy in isolation(context.index).policies:
        for direction in DIRECTIONS:
            for entry in policy.rules(direction):
                yield from _pairs(context, policy, list(entry[SIDES[direction][1]]))


def _pairs(context: Context, policy: Policy, peers: list[View]) -> Iterator[Fault]:
    wheres = [each for each in peers if each["namespaceSelector"] and not each["podSelector"]]
    whos = [each for each in peers if each["podSelector"] and not each["namespaceSelector"]]
    for who in whos if wheres else ():
        everywhere = next((each for each in wheres if _is_empty(each["namespaceSelector"])), None)
        if everywhere is not None:
            message = "every pod of every namespace is admitted: the podSelector beside it adds nothing"
            yield Fault(message, policy.manifest, everywhere["namespaceSelector"], detail=who.pointer)
        elif not _is_empty(who["podSelector"]) and _stands_elsewhere(context, policy, who, wheres):
            labels = who.at("podSelector", "matchLabels").labels
            told = ", ".join(f"{key}={value}" for key, value in labels.items()) or "its labels"
            message = (
                f"{told} is looked for in {policy.namespace}, where no pod has it, not in the namespace above"
            )
            yield Fault(message, policy.manifest, who["podSelector"])


def _stands_elsewhere(context: Context, policy: Policy, who: View, wheres: list[View]) -> bool:
    """Whether pods that a selector means are none of the policy's namespace, but of the one beside it."""
    index, found = context.index, isolation(context.index)
    if index.matched(policy.namespace, who["podSelector"]) or not context.outside.reaches(policy.namespace):
        return False
    homes = {each.manifest.namespace for each in index.workloads} - {policy.namespace}
    named = [
        home
        for home in homes
        if any(found.may_match(Selector(each["namespaceSelector"]), home) for each in wheres)
    ]
    return any(index.matched(home, who["podSelector"]) for home in named)


def _is_empty(selector: View) -> bool:
    return not selector["matchLabels"].mapping and not any(selector["matchExpressions"])
