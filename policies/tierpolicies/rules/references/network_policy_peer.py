"""A NetworkPolicy admits pods that are not there.

## What it does
Looks for workloads that match the `podSelector` of each peer: in the policy's own namespace, or in
the namespaces of the tree that its `namespaceSelector` matches, by the labels of their Namespace objects
and by `kubernetes.io/metadata.name`. Where none of these is in the tree, or a chart or an operator may
make pods in one of them, nothing is said. It tells the name of a namespace that is plainly misspelt, too.

## Why is this bad
The rule admits nobody: those it was written for wait until their connections time out.

## Example
```yaml
ingress: [{from: [{podSelector: {matchLabels: {app: wbe}}}]}]   # the pods have app: web
```

## Use instead
```yaml
ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]
```
"""

from collections.abc import Iterator, Mapping

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.dangling import dangling
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.misspelling import misspelt
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.engine.selector import unmet

_NAME = "kubernetes.io/metadata.name"


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Select labels that the pod template of the workload that is meant has.",
    rests_on=(PODS, "Namespace", *BRINGERS),
    known_as=("kube-linter:dangling-networkpolicypeer-podselector",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each peer that no pod matches."""
    namespaces: dict[str, dict[str, str]] | None = None
    meant: dict[str, str | None] = {}
    for policy in context.index.of_kind("NetworkPolicy"):
        for peer in _peers(policy.view["spec"]):
            pods, where = peer["podSelector"], peer["namespaceSelector"]
            if not pods["matchLabels"].mapping and not any(pods["matchExpressions"]):
                continue  # a namespace alone is network/unknown-namespace's
            homes = [policy.namespace]
            if where:
                namespaces = namespaces or _namespaces(context.index)
                homes = _matched(context, where, namespaces)
                name = where["matchLabels"][_NAME]
                if name.text and not homes:
                    if name.text not in meant:
                        meant[name.text] = misspelt(name.text, namespaces)
                    if meant[name.text]:
                        message = f"there is no namespace {name.text!r} (did you mean {meant[name.text]!r}?)"
                        yield Fault(message, policy, name)
            yield from _unmatched(context, policy, pods, homes)


def _unmatched(context: Context, policy: Manifest, pods: View, homes: list[str]) -> Iterator[Fault]:
    """The fault of a peer, where no namespace has such pods and none may get some from elsewhere."""
    if any(context.index.matched(home, pods) for home in homes):
        return
    faults = [next(dangling(context, policy, pods, namespace=home), None) for home in homes]
    yield from (each for each in faults[:1] if each is not None and None not in faults)


def _matched(context: Context, where: View, namespaces: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The namespaces that a selector means: those of the tree, or the one outside of it that it names.

    None where it means all there are in the cluster.
    """
    if not where["matchLabels"].mapping and not any(where["matchExpressions"]):
        return []
    name = where["matchLabels"][_NAME].text
    if name and name not in namespaces:
        return [name] if context.outside.reaches(name) else []
    candidates = {name: namespaces[name]} if name else namespaces
    return [each for each, labels in candidates.items() if not any(unmet(where, labels))]


def _peers(spec: View) -> Iterator[View]:
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for entry in spec[direction]:
            yield from entry[side]


def _namespaces(index: Index) -> dict[str, dict[str, str]]:
    """The namespaces of the tree with their labels."""
    homes = {each.manifest.namespace or DEFAULT_NAMESPACE for each in index.workloads}
    found: dict[str, dict[str, str]] = {home: {_NAME: home} for home in homes}
    for namespace in index.of_kind("Namespace"):
        found[namespace.name] = {**namespace.labels, _NAME: namespace.name}
    return found
