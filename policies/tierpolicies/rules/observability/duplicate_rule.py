"""Two rules of a group are the same.

## What it does
Compares the rules of each group: the same recorded name with the same labels, or the same alert with the same
labels and expression.

## Why is this bad
Two rules that record one series write different values at the same time, and Prometheus drops one of them;
an alert that is there twice is sent twice.

## Example
```yaml
rules:
  - {record: "shop:requests:rate5m", expr: sum(rate(http_requests_total[5m]))}
  - {record: "shop:requests:rate5m", expr: sum(rate(requests_total[5m]))}
```

## Use instead
```yaml
rules:
  - {record: "shop:requests:rate5m", expr: sum(rate(http_requests_total[5m]))}
```
"""

import json
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.monitoring_rules import rules_of


@rule(
    each=Manifest,
    kinds=("PrometheusRule",),
    severity=Severity.WARNING,
    remediation="Drop one of the two, or tell them apart by a label.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each rule that an earlier one of its group is like."""
    seen: set[tuple[str, str, str]] = set()
    for each in rules_of(manifest):
        name = each.record or each.alert
        labels = json.dumps(each.view["labels"].value, sort_keys=True)
        about = "" if each.record else each.view["expr"].text
        same = (each.group.pointer, f"{name} {labels}", about)
        if name and same in seen:
            field = "record" if each.record else "alert"
            message = f"{name} is in the group {each.group['name'].text} twice"
            yield Fault(message, manifest, each.view[field], detail=each.view.pointer)
        seen.add(same)
