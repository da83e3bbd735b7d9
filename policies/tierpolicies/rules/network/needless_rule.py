"""No declared flow needs a rule of a policy.

## What it does
Takes each rule of a NetworkPolicy away in thought, then each peer and each port of it, and looks whether
every flow that the inventory beside the files declares, `index.json`, passes all the same.

## Why is this bad
What nothing needs stays open for whoever finds it, and nobody dares to remove it later.

## Example
```yaml
ingress:   # only cart is declared
  - from:
      - podSelector: {matchLabels: {app: cart}}
      - podSelector: {matchLabels: {app: report}}
```

## Use instead
```yaml
ingress:
  - from: [{podSelector: {matchLabels: {app: cart}}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import FLOWS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.network.intent.intent import intent_of
from tierpolicies.network.intent.proof import needless
from tierpolicies.network.policies.policy import SIDES


@rule(
    needs=(FLOWS,),
    severity=Severity.WARNING,
    remediation="Remove it, or declare the flow that needs it.",
    rests_on=("NetworkPolicy", "Namespace"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each rule, peer and port that is needless."""
    intent = intent_of(context)
    for each in needless(intent) if intent is not None else ():
        field = SIDES[each.direction][0]
        message = f"every declared flow passes without this {each.what} of {field}"
        yield Fault(message, each.policy.manifest, each.at)
