"""An alert fires on a single bad value.

## What it does
Looks for `for` on every alert.

## Why is this bad
One failed scrape, one slow minute, and somebody is called for what is over before he looks.

## Example
```yaml
- alert: ShopDown
  expr: up{job="shop"} == 0
```

## Use instead
```yaml
- alert: ShopDown
  expr: up{job="shop"} == 0
  for: 5m
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
    optional=True,
    remediation="Let the alert wait with `for` until the trouble has lasted.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each alert that does not wait."""
    for each in rules_of(manifest):
        if each.alert and not each.view["for"]:
            yield Fault(f"the alert {each.alert} fires at once", manifest, each.view["for"])
