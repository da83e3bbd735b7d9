"""An alert does not say how bad it is.

## What it does
Looks for the label `severity` on every alert, its own or its group's.

## Why is this bad
Alertmanager routes by it: without it an alert wakes the wrong people, or goes to a channel that nobody reads.

## Example
```yaml
- alert: ShopDown
  expr: up{job="shop"} == 0
```

## Use instead
```yaml
- alert: ShopDown
  expr: up{job="shop"} == 0
  labels: {severity: critical}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.monitoring_rules import rules_of


@rule(
    each=Manifest,
    kinds=("PrometheusRule",),
    severity=Severity.WARNING,
    remediation="Give the alert a label severity, such as warning or critical.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each alert without one."""
    for each in rules_of(manifest):
        labels = {**each.group["labels"].labels, **each.view["labels"].labels}
        if each.alert and not labels.get("severity"):
            yield Fault(f"the alert {each.alert} has no severity", manifest, each.view["labels"])
