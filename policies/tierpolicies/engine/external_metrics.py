"""Who serves external metrics, and which: prometheus-adapter's rules, KEDA, APIServices."""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import parse
from tierpolicies.engine.index import Index

API = "external.metrics.k8s.io"
ADAPTER = "prometheus-adapter"
_DATADOG = "datadog"


class Chart(NamedTuple):
    """A chart that the tree installs: its name and where that stands, and each set of its values."""

    manifest: Manifest
    name: View
    namespace: str
    values: tuple[View, ...]


class ExternalRule(NamedTuple):
    """An external rule of prometheus-adapter and the name that its metric gets."""

    name: str
    view: View


def charts(index: Index) -> Iterator[Chart]:
    """The charts that Argo CD's Applications and Flux's HelmReleases install."""
    for manifest in index.of_kind("Application"):
        spec = manifest.view["spec"]
        namespace = spec.at("destination", "namespace").text
        for source in (spec["source"], *spec["sources"]):
            if source["chart"].text:
                helm = source["helm"]
                values = (helm["valuesObject"], _parsed(manifest, helm["values"]))
                yield Chart(manifest, source["chart"], namespace, tuple(each for each in values if each))
    for manifest in index.of_kind("HelmRelease"):
        spec = manifest.view["spec"]
        name = spec.at("chart", "spec", "chart")
        if name.text:
            namespace = spec["targetNamespace"].text or manifest.namespace
            yield Chart(manifest, name, namespace, (spec["values"],))


def external_rules(index: Index) -> Iterator[ExternalRule]:
    """The external rules of prometheus-adapter, from a chart's values or from its ConfigMap."""
    for chart in charts(index):
        for values in chart.values:
            for entry in values.at("rules", "external"):
                yield ExternalRule(_name(entry), entry)
    for manifest in index.of_kind("ConfigMap"):
        for text in manifest.view["data"].values():
            if "externalRules:" in text.text:
                for entry in _parsed(manifest, text)["externalRules"]:
                    yield ExternalRule(_name(entry), entry)


def external_servers(index: Index) -> Iterator[tuple[Manifest, View, str]]:
    """What registers the API of external metrics: the object, the value that says so, and its name."""
    for chart in charts(index):
        name = chart.name.text.rpartition("/")[2]
        has_rules = any(any(each.at("rules", "external")) for each in chart.values)
        is_provider = any(
            each.at("clusterAgent", "metricsProvider", "enabled").value is True for each in chart.values
        )
        if name == "keda":
            yield chart.manifest, chart.name, "KEDA"
        elif (name == ADAPTER and has_rules) or (name == _DATADOG and is_provider):
            yield chart.manifest, chart.name, name
    for manifest in index.of_kind("APIService"):
        service = manifest.view.at("spec", "service", "name")
        if manifest.view.at("spec", "group").text == API and service.text:
            known = {"keda": "KEDA", ADAPTER: ADAPTER, _DATADOG: _DATADOG}
            names = (name for part, name in known.items() if part in service.text)
            yield manifest, service, next(names, f"the Service {service.text}")


def _name(entry: View) -> str:
    """The name of a rule's metric: as it says, or that of the series."""
    return entry.at("name", "as").text or entry["seriesQuery"].text.partition("{")[0]


def _parsed(manifest: Manifest, text: View) -> View:
    """YAML in a text; nothing where there is none, or none that can be read."""
    return View(parse(text.text, file=manifest.file).value if text.text else None)
