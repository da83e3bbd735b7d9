"""The paths under which Argo CD and Grafana believe to be served, as far as the tree tells."""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.external_metrics import charts
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.ingress import Backend
from tierpolicies.workloads.known_variables import known_variables

_ARGO, _GRAFANA = "argocd-server", "grafana"
_PARAMETERS = "argocd-cmd-params-cm"


class Served(NamedTuple):
    """The path under which a program believes to be served, or what it lacks, and where that is set."""

    path: str
    setting: str
    manifest: Manifest
    view: View


def served_paths(index: Index, backend: Backend) -> Iterator[Served]:
    """What the program behind a backend is told of its own path: nothing where the tree does not tell."""
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
