"""A panel of a dashboard shows nothing.

## What it does
Looks for the queries (`targets`) of each panel. Panels that need none, such as rows, texts and lists, and
those kept in a library are left out.

## Why is this bad
The panel says "No data" for ever, and nobody knows whether that is good news.

## Example
```json
{"title": "Orders", "type": "timeseries", "targets": []}
```

## Use instead
```json
{"title": "Orders", "type": "timeseries", "targets": [{"refId": "A", "expr": "sum(rate(orders_total[5m]))"}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.dashboards import dashboards

_WITHOUT = (
    "row",
    "text",
    "news",
    "dashlist",
    "alertlist",
    "annolist",
    "welcome",
    "gettingstarted",
    "pluginlist",
)


@rule(needs=("ConfigMap",), severity=Severity.WARNING, remediation="Give the panel a query, or remove it.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each panel without a query."""
    for dashboard in dashboards(context.index):
        for panel in dashboard.panels:
            kind = panel["type"].text
            if not kind or kind in _WITHOUT or panel["libraryPanel"] or any(panel["targets"]):
                continue
            title = panel["title"].text or f"the {kind} without a title"
            yield dashboard.fault(
                f"the panel {title!r} has no query", panel, detail=f"{title} {panel['id'].value}"
            )
