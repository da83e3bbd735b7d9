"""A Namespace does not say which tier it belongs to.

## What it does
Compares the label `tier` of each Namespace with the tier that the description gives it to, and asks for one
on every Namespace with pods in it.

## Why is this bad
NetworkPolicies admit other tiers by this label of their namespaces: without it their pods are shut out,
with another they are let in where they should not be.

## Example
```yaml
kind: Namespace
metadata: {name: shop}
```

## Use instead
```yaml
kind: Namespace
metadata: {name: shop, labels: {tier: api}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(needs=(PLATFORM,), severity=Severity.ERROR, remediation="Label the Namespace with its tier.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each Namespace with another label, or without one."""
    platform = context.platform
    if platform is None:
        return
    tiers = {name: tier.name for tier in platform.tiers for name in tier.namespaces}
    known = [tier.name for tier in platform.tiers]
    for manifest in context.index.of_kind("Namespace"):
        label = manifest.view["metadata"]["labels"]["tier"]
        wanted = tiers.get(manifest.name)
        if wanted is None and label.text in known:
            continue
        said = f"is of the tier {label.text!r}" if label.text else "is of no tier"
        if wanted is not None and label.text != wanted:
            message = f"the namespace {said}; by the description it belongs to {wanted!r}"
            yield Fault(message, manifest, label)
        elif wanted is None and context.index.at_home(manifest.name):
            yield Fault(f"the namespace {said}{nearest(label.text, known)}", manifest, label)
