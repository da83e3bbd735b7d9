"""Argo CD or Grafana does not know under which path it is served.

## What it does
For an Ingress that sends a path such as `/argocd` or `/grafana` to one of them without rewriting it, compares
the path with the program's own setting, where the tree tells it: Argo CD's `server.rootpath` (or
`server.basehref`), Grafana's `root_url` with `serve_from_sub_path`, in a chart's values, in the ConfigMap
`argocd-cmd-params-cm` or in Grafana's variables.

## Why is this bad
The page is found, and all it links to is not: it stays empty, or leads to another program's pages.

## Example
```yaml
path: /grafana   # and root_url: https://example.org
```

## Use instead
```yaml
grafana.ini: {server: {root_url: https://example.org/grafana, serve_from_sub_path: true}}
```
"""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.external_metrics import charts
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.ingress import Backend, backends
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.known_variables import known_variables

_REWRITES = ("rewrite", "strip", "replace-path", "middlewares", "transforms")
_ARGO, _GRAFANA = "argocd-server", "grafana"
_PARAMETERS = "argocd-cmd-params-cm"


class Served(NamedTuple):
    """The path under which a program believes to be served, or what it lacks, and where that is set."""

    path: str
    setting: str
    manifest: Manifest
    view: View


@rule(
    needs=("Ingress",),
    severity=Severity.ERROR,
    remediation="Set the program's own path to that of the Ingress.",
    rests_on=("ConfigMap", "Application"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each path that the program behind it does not know."""
    for backend in backends(context.index):
        path = backend.path["path"].text.rstrip("/*")
        annotations = backend.ingress.view.at("metadata", "annotations").mapping
        if not path or any(word in key for key in annotations for word in _REWRITES):
            continue
        for served in _served(context.index, backend):
            if served.path.rstrip("/") != path:
                name = backend.name.text
                is_set = (
                    f"{served.setting} is {served.path}" if served.path else f"{served.setting} is not set"
                )
                message = f"the Ingress {backend.ingress.name} serves {name} under {path}, and {is_set}"
                yield Fault(message, served.manifest, served.view, detail=path)


def _served(index: Index, backend: Backend) -> Iterator[Served]:
    home = backend.ingress.namespace or DEFAULT_NAMESPACE
    name = backend.name.text
    if name.endswith(_ARGO):
        yield from _argo(index, home)
    elif name == _GRAFANA or name.endswith(f"-{_GRAFANA}"):
        yield from _grafana(index, home, name)


def _argo(index: Index, home: str) -> Iterator[Served]:
    for chart in charts(index):
        if chart.name.text.endswith("argo-cd") and chart.namespace == home:
            found = [each.at("configs", "params") for each in chart.values]
            yield _of_parameters(chart.manifest, found or [View(None)])
    parameters = index.find("ConfigMap", _PARAMETERS, home)
    if parameters is not None:
        yield _of_parameters(parameters, [parameters.view["data"]])


def _of_parameters(manifest: Manifest, found: list[View]) -> Served:
    for parameters in found:
        for key in ("server.rootpath", "server.basehref"):
            if parameters[key].text:
                return Served(parameters[key].text, key, manifest, _placed(parameters[key]))
    return Served("", "server.rootpath", manifest, _placed(found[0]["server.rootpath"]))


def _grafana(index: Index, home: str, service: str) -> Iterator[Served]:
    for chart in charts(index):
        if chart.namespace != home:
            continue
        name = chart.name.text.rpartition("/")[2]
        for values in chart.values:
            if name == "grafana" or (name == "kube-prometheus-stack" and values["grafana"]):
                inner = values if name == "grafana" else values["grafana"]
                server = inner.at("grafana.ini", "server")
                yield _of_server(chart.manifest, server["root_url"], server["serve_from_sub_path"])
    found = index.find("Service", service, home)
    labels = found.view.at("spec", "selector").labels if found is not None else {}
    for workload in index.selected(home, labels) if labels else ():
        for container in workload.own.running:
            known = known_variables(index, workload, container.view)
            if any(each.startswith("GF_") for each in known):
                root, is_sub = known.get("GF_SERVER_ROOT_URL"), known.get("GF_SERVER_SERVE_FROM_SUB_PATH")
                place = root.view if root else container.view["env"]
                url = View(root.text if root else None, place.path)
                yield _of_server(workload.manifest, url, View(is_sub.text if is_sub else None, place.path))


def _of_server(manifest: Manifest, url: View, is_sub: View) -> Served:
    path = url.text.partition("://")[2].partition("/")[2].strip("/")
    if path and str(is_sub.value).lower() != "true":
        return Served("", "serve_from_sub_path", manifest, _placed(is_sub))
    return Served(f"/{path}" if path else "", "the path of root_url", manifest, _placed(url))


def _placed(view: View) -> View:
    """The view itself, unless it is of YAML within a text, where it has no place in the object."""
    return view if view.path[:1] in (("spec",), ("data",)) else View(None, ("spec",))
