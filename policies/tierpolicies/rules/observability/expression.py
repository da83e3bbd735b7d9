"""An alert's expression cannot be read.

## What it does
Reads the `expr` of every rule of a PrometheusRule, as Prometheus does.

## Why is this bad
Prometheus refuses the whole file, so that none of its rules works; or the operator's webhook refuses the
object, and the sync fails.

## Example
```yaml
expr: sum(rate(http_requests_total[5m])
```

## Use instead
```yaml
expr: sum(rate(http_requests_total[5m]))
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.monitoring_rules import rules_of
from tierpolicies.monitoring.promql import read


@rule(
    each=Manifest,
    kinds=("PrometheusRule",),
    severity=Severity.ERROR,
    remediation="Correct the expression; `promtool check rules` tells more.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each expression that is none."""
    for each in rules_of(manifest):
        expression = each.view["expr"]
        if isinstance(expression.value, str):
            problem = read(expression.text).problem if expression.text.strip() else "it is empty"
            if problem:
                name = each.alert or each.record
                yield Fault(f"the expression of {name} cannot be read: {problem}", manifest, expression)
