"""A project does not admit what its Application applies.

## What it does
Compares each Application with the AppProject of the tree that it names: the repositories of its sources,
the cluster and namespace of its destination, and the kinds of the objects that its paths hold.

## Why is this bad
Argo CD refuses the Application, or fails each sync with "is not permitted in project": nothing of the
change arrives.

## Example
```yaml
kind: AppProject
spec: {destinations: [{server: https://kubernetes.default.svc, namespace: shop}]}
# and an Application whose destination is the namespace api
```

## Use instead
```yaml
kind: AppProject
spec: {destinations: [{server: https://kubernetes.default.svc, namespace: api}]}
```
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from tierpolicies.delivery.projects import admits_kind, admits_source, is_cluster
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import GROUP, Owners, Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Admit it in the AppProject, or give the Application another project.",
    needs=("AppProject",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each source, destination and kind that is kept out."""
    projects = {each.name: each for each in context.index.of_kind("AppProject") if each.group == GROUP}
    if not projects:
        return
    for application in context.index.of_kind("Application"):
        project = projects.get(application.view.at("spec", "project").text)
        if project is None or application.group != GROUP:
            continue
        if not context.overlays.apart(application.file, project.file):
            yield from _of_sources(application, project)
            yield from _of_destination(application, project)
    yield from _of_kinds(context, projects)


def _of_sources(application: Manifest, project: Manifest) -> Iterator[Fault]:
    spec = application.view["spec"]
    admitted = [each.text for each in project.view.at("spec", "sourceRepos")]
    for source in (spec["source"], *spec["sources"]):
        url = source["repoURL"]
        if url.text and not has_placeholder(url.text) and not admits_source(url.text, admitted):
            message = f"the project {project.name} does not admit the source {url.text}"
            yield Fault(message, application, url)


def _of_destination(application: Manifest, project: Manifest) -> Iterator[Fault]:
    destination = application.view.at("spec", "destination")
    server, name, namespace = (destination[each].text for each in ("server", "name", "namespace"))
    if not namespace or not (server or name) or has_placeholder(server + name + namespace):
        return
    entries = list(project.view.at("spec", "destinations"))
    if any("!" in each[field].text for each in entries for field in ("server", "name", "namespace")):
        return  # exceptions: nobody reads them twice the same way
    for entry in entries:
        if is_cluster(entry, server, name) and fnmatchcase(namespace, entry["namespace"].text):
            return
    message = f"the project {project.name} does not admit the namespace {namespace} of {server or name}"
    yield Fault(message, application, destination["namespace"])


def _of_kinds(context: Context, projects: dict[str, Manifest]) -> Iterator[Fault]:
    owners = Owners(Sources(context.tree, is_whole=context.platform is not None))
    told: set[tuple[str, str, str]] = set()
    for manifest in context.index.manifests:
        for application in owners.of(manifest.file):
            project = projects.get(application.view.at("spec", "project").text)
            mark = (application.name, manifest.group, manifest.kind)
            if project is None or mark in told:
                continue
            if not admits_kind(
                project.view["spec"], manifest, is_cluster_scoped=context.catalog.is_cluster_scoped(manifest)
            ):
                told.add(mark)
                message = f"the project {project.name} of {application.name} does not admit the kind"
                yield Fault(f"{message} {manifest.kind}", manifest, "/kind")
