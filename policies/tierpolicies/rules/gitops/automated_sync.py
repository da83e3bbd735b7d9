"""An automated Application leaves what is gone from git, or what was changed by hand.

## What it does
Reports `automated` without `prune: true`, and without `selfHeal: true`.

## Why is this bad
Without prune an object that git no longer has runs on; without selfHeal a change by hand stays until the
next commit: git then does not say what runs.

## Example
```yaml
automated: {}
```

## Use instead
```yaml
automated: {prune: true, selfHeal: true}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import template
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_EFFECTS = {"prune": "what git no longer has runs on", "selfHeal": "changes by hand stay"}


@rule(
    each=Manifest,
    kinds=("Application", "ApplicationSet"),
    severity=Severity.WARNING,
    optional=True,
    remediation="Set prune and selfHeal to true.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each half that is not automated."""
    found = template(manifest)
    automated = found.spec.at("syncPolicy", "automated") if found is not None else None
    if automated is None or not isinstance(automated.value, dict) or automated["enabled"].value is False:
        return
    for field, effect in _EFFECTS.items():
        if automated[field].value is not True:
            yield Fault(f"{effect}: {field} is not true", manifest, automated[field], detail=field)
