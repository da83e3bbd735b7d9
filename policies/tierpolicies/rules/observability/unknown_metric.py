"""An alert or a dashboard is about a metric that nobody exports.

## What it does
Reads the metrics of every PrometheusRule and every dashboard, and reports names that are plainly a misspelt
one: of a recording rule of the tree, or of the metrics that RabbitMQ, kube-state-metrics and cAdvisor are
known for. Whatever else is unknown may be exported by somebody.

## Why is this bad
The alert never fires and the panel stays empty, and both look as if all were well.

## Example
```yaml
expr: rabbitmq_queue_mesages{queue="mail"} > 100
```

## Use instead
```yaml
expr: rabbitmq_queue_messages{queue="mail"} > 100
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.dashboards import dashboards
from tierpolicies.monitoring.metric_names import KNOWN, misspelt
from tierpolicies.monitoring.monitoring_rules import monitoring_rules
from tierpolicies.monitoring.promql import read, read_query


@rule(
    needs=("PrometheusRule", "ConfigMap"),
    severity=Severity.WARNING,
    remediation="Correct the name, or record or export a metric of that name.",
    rests_on=("PrometheusRule",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each metric whose name is misspelt."""
    recorded = {each.record for each in monitoring_rules(context.index) if each.record}
    known = recorded | KNOWN
    for each in monitoring_rules(context.index):
        for name in sorted(read(each.view["expr"].text).metrics - known):
            meant = misspelt(name, known)
            if meant:
                message = f"nobody exports the metric {name} (did you mean {meant!r}?)"
                yield Fault(message, each.manifest, each.view["expr"], detail=name)
    for dashboard in dashboards(context.index):
        for panel in dashboard.panels:
            for target in panel["targets"]:
                for name in sorted(read_query(target["expr"].text).metrics - known):
                    meant = misspelt(name, known)
                    if meant:
                        message = f"nobody exports the metric {name} (did you mean {meant!r}?)"
                        yield dashboard.fault(message, target["expr"], detail=f"{target.pointer} {name}")
