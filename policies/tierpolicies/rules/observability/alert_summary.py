"""An alert does not say what is wrong.

## What it does
Looks for an annotation `summary`, `description` or `message` on every alert.

## Why is this bad
Whoever is woken reads a name and a list of labels, and has to find out the rest.

## Example
```yaml
- alert: ShopDown
  expr: up{job="shop"} == 0
```

## Use instead
```yaml
- alert: ShopDown
  expr: up{job="shop"} == 0
  annotations: {summary: "The shop answers nobody.", description: "See its pods and the last release."}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.monitoring_rules import rules_of

_TOLD = ("summary", "description", "message")


@rule(
    each=Manifest,
    kinds=("PrometheusRule",),
    severity=Severity.WARNING,
    remediation="Add an annotation summary that says what is wrong.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each alert without a word."""
    for each in rules_of(manifest):
        annotations = each.view["annotations"]
        if each.alert and not any(annotations[field].text.strip() for field in _TOLD):
            yield Fault(f"the alert {each.alert} has no summary", manifest, annotations)
