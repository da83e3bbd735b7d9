"""Objects stand in a namespace that nobody makes.

## What it does
Where a tree has Namespaces, looks for the one of each namespace that the tree fills: with workloads, a
quota or a limit range. Those that every cluster has and those that an Application makes
(`CreateNamespace=true`) need none. Names that are plainly misspelt are told for any object.

## Why is this bad
Applying the objects fails: the namespace is not found.

## Example
```yaml
metadata: {name: web, namespace: shpo}   # beside a Namespace shop
```

## Use instead
```yaml
metadata: {name: web, namespace: shop}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.misspelling import misspelt
from tierpolicies.engine.outside import SYSTEM
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import WORKLOAD_KINDS

_FILLING = frozenset((*WORKLOAD_KINDS, "LimitRange", "ResourceQuota"))
_CREATE = "CreateNamespace=true"


@rule(
    needs=("Namespace",),
    severity=Severity.ERROR,
    remediation="Add the Namespace, or correct the objects' namespace.",
    rests_on=("Namespace", "Application", "ApplicationSet", "HelmRelease"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each namespace that is filled, or misspelt, and not made."""
    made = {each.name for each in context.index.of_kind("Namespace")}
    if not made:
        return
    given = {*made, *SYSTEM, DEFAULT_NAMESPACE, ""}
    missing: dict[str, Manifest] = {}
    for manifest in context.index.manifests:
        name = manifest.namespace
        if name not in given:
            missing[name] = min(missing.get(name, manifest), manifest, key=_rank)
    if missing:
        created = set(_created(context.index))
        for name, manifest in missing.items():
            meant = misspelt(name, sorted(made))
            if name not in created and (meant or _fills(manifest)):
                hint = f" (did you mean {meant!r}?)" if meant else ""
                yield Fault(
                    f"no Namespace of the tree is called {name!r}{hint}", manifest, "/metadata/namespace"
                )


def _fills(manifest: Manifest) -> bool:
    """Whether an object shows that the tree is where its namespace gets its contents from."""
    return manifest.kind in _FILLING


def _rank(manifest: Manifest) -> tuple[bool, Subject]:
    """Those that fill their namespace first, and always the same one of them."""
    return not _fills(manifest), manifest.subject


def _created(index: Index) -> Iterator[str]:
    """The namespaces that Argo CD and Flux make."""
    for manifest in index.of_kind("Application", "ApplicationSet"):
        spec = manifest.view["spec"]
        if manifest.kind == "ApplicationSet":
            spec = spec.at("template", "spec")
        if any(each.text == _CREATE for each in spec.at("syncPolicy", "syncOptions")):
            yield spec.at("destination", "namespace").text
    for manifest in index.of_kind("HelmRelease"):
        yield manifest.view.at("spec", "targetNamespace").text
