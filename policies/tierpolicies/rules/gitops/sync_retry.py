"""An automated Application does not try again.

## What it does
Reports Applications with `automated` and without `syncPolicy.retry`.

## Why is this bad
A sync that fails, for a webhook that is not up yet or a definition that is just being made, is not tried
again for the same commit: the Application stays as it is until somebody presses the button.

## Example
```yaml
syncPolicy: {automated: {}}
```

## Use instead
```yaml
syncPolicy:
  automated: {}
  retry: {limit: 5, backoff: {duration: 5s, factor: 2, maxDuration: 3m}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import template
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Application", "ApplicationSet"),
    severity=Severity.WARNING,
    optional=True,
    remediation="Set syncPolicy.retry with a limit.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports an Application whose syncs are tried once."""
    found = template(manifest)
    if found is not None:
        policy = found.spec["syncPolicy"]
        retry = policy["retry"]
        if isinstance(policy["automated"].value, dict) and (not retry or retry["limit"].integer == 0):
            yield Fault("a sync that fails is not tried again", manifest, retry)
