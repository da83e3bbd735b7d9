"""A policy admits everyone to everything.

## What it does
Reports ingress rules without ports that have no `from`, or one for all addresses. A rule without `from` but
with ports is taken for a service that is meant for everyone.

## Why is this bad
The policy isolates nothing: what other rules admit or leave out does not matter any more.

## Example
```yaml
ingress: [{}]
```

## Use instead
```yaml
ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import INGRESS, Policy

_EVERYONE = ("0.0.0.0/0", "::/0")


@rule(
    each=Manifest,
    kinds=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Name who may come in, and to which ports.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each rule that is for all."""
    if manifest.group != "networking.k8s.io" or INGRESS not in Policy(manifest).directions:
        return
    for entry in manifest.view.at("spec", "ingress"):
        if not entry.mapping.get("ports") and (
            not any(entry["from"]) or any(map(_is_everyone, entry["from"]))
        ):
            yield Fault("this rule admits everyone, to every port", manifest, entry)


def _is_everyone(peer: View) -> bool:
    block = peer["ipBlock"]
    return block["cidr"].text in _EVERYONE and not any(block["except"])
