"""An autoscaler follows an external metric that nobody serves.

## What it does
For each External metric of a HorizontalPodAutoscaler looks for the whole chain: an Application
whose Helm values hold a `rules.external` entry of exactly that name with `namespaced: false`, and,
for the broker's metrics, the plugin rabbitmq_prometheus, per-object metrics and a monitor.

## Why is this bad
The autoscaler says FailedGetExternalMetric and never scales.

## Example
```yaml
metric: {name: rabbitmq_queue_messages}   # and no rule of that name in the adapter
```

## Use instead
```yaml
rules:
  external:
    - seriesQuery: rabbitmq_queue_messages
      resources: {namespaced: false}
      name: {as: rabbitmq_queue_messages}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import parse
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule

_PER_OBJECT = "prometheus.return_per_object_metrics"


@rule(severity=Severity.ERROR, remediation="Complete the chain from the broker to the adapter.")
def check(context: Context) -> Iterator[Fault]:
    """Reports the first missing link of each metric."""
    served: dict[str, View] | None = None
    for scaler in context.index.of_kind("HorizontalPodAutoscaler"):
        for metric in scaler.view.at("spec", "metrics"):
            name = metric.at("external", "metric", "name")
            if metric["type"].text != "External" or not name.text:
                continue
            if served is None:
                served = dict(_served(context.index))
            for gap in _gaps(context.index, name.text, served):
                yield Fault(gap, scaler, name)


def _gaps(index: Index, metric: str, served: dict[str, View]) -> Iterator[str]:
    if metric not in served:
        yield f"no Application's values have a rules.external entry named {metric!r}"
    elif served[metric].at("resources", "namespaced").value is not False:
        yield f"the external rule {metric!r} is namespaced: set resources.namespaced false"
    if metric.startswith("rabbitmq_"):
        yield from _broker_gaps(index)


def _broker_gaps(index: Index) -> Iterator[str]:
    configs = [each.view["data"] for each in index.of_kind("ConfigMap")]
    plugins = "".join(data["enabled_plugins"].text for data in configs)
    if "rabbitmq_prometheus" not in plugins:
        yield "no broker has the plugin rabbitmq_prometheus enabled"
    settings = {
        key.strip(): value.strip()
        for data in configs
        for line in data["rabbitmq.conf"].text.splitlines()
        for key, _, value in [line.partition("=")]
    }
    if settings.get(_PER_OBJECT) != "true":
        yield f"the broker exports no metrics by queue: set {_PER_OBJECT} = true"
    if not any(index.of_kind("ServiceMonitor", "PodMonitor")):
        yield "no ServiceMonitor or PodMonitor scrapes the broker"


def _served(index: Index) -> Iterator[tuple[str, View]]:
    for application in index.of_kind("Application"):
        for values in _helm_values(application):
            for entry in values.at("rules", "external"):
                yield entry.at("name", "as").text or entry["seriesQuery"].text, entry


def _helm_values(application: Manifest) -> Iterator[View]:
    spec = application.view["spec"]
    for source in (spec["source"], *spec["sources"]):
        helm = source["helm"]
        yield helm["valuesObject"]
        if helm["values"].text:
            yield View(parse(helm["values"].text, file=application.file).value)
