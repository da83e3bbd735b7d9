"""A policy has rules, or means to deny, in a direction that it is not for.

## What it does
Compares `ingress` and `egress` of each NetworkPolicy with its `policyTypes`. Without these a policy is for
Ingress, and for Egress only where it has an egress rule: an empty `egress: []` denies nothing.

## Why is this bad
The rules are passed over in silence, and what the policy seems to close stays open.

## Example
```yaml
spec: {podSelector: {}, policyTypes: [Ingress], egress: [{to: [{podSelector: {}}]}]}
```

## Use instead
```yaml
spec: {podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{podSelector: {}}]}]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.isolation import DIRECTIONS, EGRESS, SIDES, Policy


@rule(
    each=Manifest,
    kinds=("NetworkPolicy",),
    severity=Severity.ERROR,
    remediation="Name the direction in policyTypes, or drop its rules.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each direction that is passed over."""
    if manifest.group != "networking.k8s.io":
        return
    policy = Policy(manifest)
    for direction in DIRECTIONS:
        entries = manifest.view.at("spec", SIDES[direction][0])
        if direction in policy.directions or not isinstance(entries.value, list):
            continue
        if entries.value:
            count = len(entries.value)
            message = f"policyTypes does not name {direction}: its {count} rules have no effect"
            yield Fault(message.replace("1 rules have", "1 rule has"), manifest, entries, key=True)
        elif direction == EGRESS and not manifest.view.at("spec", "policyTypes"):
            yield Fault("an empty egress denies nothing without policyTypes", manifest, entries, key=True)
