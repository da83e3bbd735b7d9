"""A dashboard is not JSON.

## What it does
Reads the `….json` keys of every ConfigMap with the label `grafana_dashboard`.

## Why is this bad
Grafana passes the dashboard over and says so in its log only.

## Example
```
{"title": "Shop", "panels": [}
```

## Use instead
```
{"title": "Shop", "panels": []}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.dashboards import dashboards


@rule(needs=("ConfigMap",), severity=Severity.ERROR, remediation="Write valid JSON, an object at the top.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each text that is none."""
    for each in dashboards(context.index):
        if each.problem:
            yield Fault(
                f"{each.written.path[-1]} is no dashboard: {each.problem}", each.manifest, each.written
            )
