"""A policy means a namespace that no label leads to.

## What it does
Compares the `namespaceSelector` of each peer with the namespaces of the tree. A label that names a
namespace of the tree which does not carry it (`name: shop`) is reported, and a value that is plainly a
misspelt one.

## Why is this bad
The rule admits nobody. Kubernetes gives a namespace one label by itself, `kubernetes.io/metadata.name`, and
no other.

## Example
```yaml
namespaceSelector: {matchLabels: {name: shop}}
```

## Use instead
```yaml
namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.misspelling import misspelt
from tierpolicies.engine.outside import SYSTEM
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import DIRECTIONS, NAMESPACE_NAME, SIDES, isolation


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Select the namespace by kubernetes.io/metadata.name, or by a label that it has.",
    rests_on=("Namespace",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each selector that leads nowhere."""
    found = isolation(context.index)
    labelled = found.namespaces
    known = _known(context)
    for policy in found.policies:
        for direction in DIRECTIONS:
            for entry in policy.rules(direction):
                for peer in entry[SIDES[direction][1]]:
                    for key, value in peer.at("namespaceSelector", "matchLabels").items():
                        told = _told(key, value, known, labelled, is_alone=not peer["podSelector"])
                        if told:
                            yield Fault(told, policy.manifest, value)


def _known(context: Context) -> set[str]:
    """The namespaces that the tree or the description tells."""
    index, platform = context.index, context.platform
    names = {each.namespace for each in index.manifests} | {each.name for each in index.of_kind("Namespace")}
    names |= {each.view.at("spec", "destination", "namespace").text for each in index.of_kind("Application")}
    names |= {name for tier in (platform.tiers if platform else ()) for name in tier.namespaces}
    return names | {DEFAULT_NAMESPACE, *SYSTEM}


def _told(
    key: str,
    value: View,
    known: set[str],
    labelled: dict[str, dict[str, str]],
    *,
    is_alone: bool,
) -> str:
    """What is wrong with a label of a selector; nothing where it may be right."""
    if key == NAMESPACE_NAME:
        if not value.text or value.text in known:
            return ""
        meant = misspelt(value.text, known)
        # Beside a podSelector references/network-policy-peer tells it.
        return f"there is no namespace {value.text!r} (did you mean {meant!r}?)" if meant and is_alone else ""
    carried = {labels.get(key) for labels in labelled.values()}
    if value.text in carried or not labelled:
        return ""
    if value.text in labelled:
        return f"the namespace {value.text} has no label {key}={value.text}; select it by {NAMESPACE_NAME}"
    meant = misspelt(value.text, {each for each in carried if each})
    return f"no namespace has {key}={value.text} (did you mean {meant!r}?)" if meant else ""
