"""Prometheus does not look at a monitor or a rule.

## What it does
Compares the labels of ServiceMonitors, PodMonitors and PrometheusRules with what the tree's Prometheus
selects: the selectors of a `Prometheus` object, or of the chart kube-prometheus-stack, which without further
settings selects only objects with the label `release` of its own.

## Why is this bad
Nothing is scraped and no alert is raised, and no message tells it.

## Example
```yaml
prometheusSpec: {}   # selects ServiceMonitors with release: kube-prometheus-stack
```

## Use instead
```yaml
prometheusSpec: {serviceMonitorSelectorNilUsesHelmValues: false}
```
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.external_metrics import charts
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.engine.selector import unmet

_FIELDS: Mapping[str, str] = {
    "ServiceMonitor": "serviceMonitorSelector",
    "PodMonitor": "podMonitorSelector",
    "PrometheusRule": "ruleSelector",
}
_CHART = "kube-prometheus-stack"


class Selection(NamedTuple):
    """What a Prometheus selects of a kind, and how that is told."""

    selector: View
    told: str


@rule(
    needs=("Prometheus", "Application", "HelmRelease"),
    severity=Severity.WARNING,
    remediation="Give the object the label that Prometheus selects, or let it select all.",
    rests_on=("Prometheus", "Application", "HelmRelease"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each object that no Prometheus selects."""
    for kind, field in _FIELDS.items():
        selections = list(_selections(context.index, field))
        for manifest in context.index.of_kind(kind) if selections else ():
            if not any(_selects(each, manifest) for each in selections):
                message = f"Prometheus does not look at it: {selections[0].told}"
                yield Fault(message, manifest, manifest.view.at("metadata", "labels"))


def _selects(selection: Selection, manifest: Manifest) -> bool:
    return isinstance(selection.selector.value, dict) and not any(unmet(selection.selector, manifest.labels))


def _selections(index: Index, field: str) -> Iterator[Selection]:
    for manifest in index.of_kind("Prometheus"):
        selector = manifest.view.at("spec", field)
        yield Selection(selector, f"{field} of Prometheus {manifest.name} {_labels(selector)}")
    for chart in charts(index):
        if chart.name.text.rpartition("/")[2] != _CHART:
            continue
        specs = [values.at("prometheus", "prometheusSpec") for values in chart.values]
        own = next((spec[field] for spec in specs if spec[field].mapping), None)
        if own is not None:
            yield Selection(own, f"{field} of {_CHART} {_labels(own)}")
        elif any(spec[f"{field}NilUsesHelmValues"].value is False for spec in specs):
            yield Selection(View({}), "")
        else:
            release = _release(chart.manifest)
            told = f"{_CHART} selects the label release={release} unless {field}NilUsesHelmValues is false"
            yield Selection(View({"matchLabels": {"release": release}}), told)


def _release(manifest: Manifest) -> str:
    spec = manifest.view["spec"]
    named = [each.at("helm", "releaseName").text for each in (spec["source"], *spec["sources"])]
    return next((name for name in (spec["releaseName"].text, *named) if name), manifest.name)


def _labels(selector: View) -> str:
    if not isinstance(selector.value, dict):
        return "is not set, which selects nothing"
    labels = ", ".join(f"{key}={value}" for key, value in selector["matchLabels"].labels.items())
    return f"selects {labels or 'by expressions'}"
