"""An alert leads to no page that says what to do.

## What it does
Looks for an annotation `runbook_url` (or `runbook`, `playbook_url`) on every alert.

## Why is this bad
Whoever is woken at night starts from nothing, and so does the next one.

## Example
```yaml
- alert: ShopDown
  annotations: {summary: "The shop answers nobody."}
```

## Use instead
```yaml
- alert: ShopDown
  annotations:
    summary: "The shop answers nobody."
    runbook_url: https://github.com/acme/shop/blob/main/runbooks/ShopDown.md
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.monitoring_rules import rules_of

_LED = ("runbook_url", "runbook", "playbook_url", "playbook")


@rule(
    each=Manifest,
    kinds=("PrometheusRule",),
    severity=Severity.WARNING,
    optional=True,
    remediation="Write a page of what to look at and what to try, and add its address as runbook_url.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each alert without a page."""
    for each in rules_of(manifest):
        annotations = each.view["annotations"]
        if each.alert and not any(annotations[field].text.strip() for field in _LED):
            yield Fault(f"the alert {each.alert} leads to no runbook", manifest, annotations)
