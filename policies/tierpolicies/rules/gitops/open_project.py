"""A project admits everything.

## What it does
Reports AppProjects other than `default` whose destinations, sources or kinds of the cluster are `*`.

## Why is this bad
A project is the fence around what its Applications may do. With `*` whoever can write to one repository
can write to every namespace, from any source, or give himself every right in the cluster.

## Example
```yaml
kind: AppProject
spec: {sourceRepos: ["*"]}
```

## Use instead
```yaml
kind: AppProject
spec: {sourceRepos: [https://git.example.org/shop.git]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import GROUP
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("AppProject",),
    severity=Severity.WARNING,
    remediation="Name the repositories, namespaces and kinds that the project's Applications need.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each list that a star opens."""
    if manifest.group != GROUP or manifest.name == "default":
        return
    spec = manifest.view["spec"]
    for repository in spec["sourceRepos"]:
        if repository.text == "*":
            yield Fault("the project admits every source", manifest, repository)
    for destination in spec["destinations"]:
        if destination["namespace"].text == "*":
            where = destination["server"].text or destination["name"].text
            told = "of every cluster" if where == "*" else f"of {where}" if where else "there is"
            yield Fault(f"the project admits every namespace {told}", manifest, destination["namespace"])
        elif destination["server"].text == "*":
            yield Fault("the project admits every cluster", manifest, destination["server"])
    for kind in spec["clusterResourceWhitelist"]:
        if kind["kind"].text == "*" and kind["group"].text == "*":
            yield Fault("the project admits every kind of the cluster", manifest, kind)
