"""A panel's query cannot be read.

## What it does
Reads the PromQL of each panel of a dashboard (`targets[].expr`), as Prometheus does. Queries whose variables
may be part of the syntax are left out.

## Why is this bad
The panel shows an error in the place of what it was made for.

## Example
```json
{"targets": [{"expr": "sum(rate(orders_total[5m])"}]}
```

## Use instead
```json
{"targets": [{"expr": "sum(rate(orders_total[5m]))"}]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.dashboards import Dashboard, dashboards
from tierpolicies.monitoring.promql import read_query

_OTHERS = ("loki", "elasticsearch", "influxdb", "cloudwatch", "tempo", "graphite")


@rule(needs=("ConfigMap",), severity=Severity.ERROR, remediation="Correct the query.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each query that is none."""
    for dashboard in dashboards(context.index):
        for panel in dashboard.panels:
            for target in panel["targets"]:
                yield from _unread(dashboard, panel, target)


def _unread(dashboard: Dashboard, panel: View, target: View) -> Iterator[Fault]:
    kinds = [each["datasource"]["type"].text or each["datasource"].text for each in (panel, target)]
    if not target["expr"].text or any(other in kind.lower() for kind in kinds for other in _OTHERS):
        return
    problem = read_query(target["expr"].text).problem
    if problem:
        message = f"a query of the panel {panel['title'].text!r} cannot be read: {problem}"
        yield dashboard.fault(message, target["expr"], detail=f"{panel['title'].text} {target['refId'].text}")
