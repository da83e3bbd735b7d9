"""An ExternalSecret reads from a store that is not there.

## What it does
Looks up the SecretStore of each ExternalSecret and PushSecret in its namespace, and the
ClusterSecretStore among those of the tree, where the tree has stores of that kind.

## Why is this bad
The Secret is never made, and every pod that needs it waits for it.

## Example
```yaml
secretStoreRef: {kind: SecretStore, name: prameters}   # beside a SecretStore parameters
```

## Use instead
```yaml
secretStoreRef: {kind: SecretStore, name: parameters}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    needs=("SecretStore", "ClusterSecretStore"),
    severity=Severity.ERROR,
    remediation="Name a SecretStore of the same namespace or a ClusterSecretStore, with its kind.",
    rests_on=("SecretStore", "ClusterSecretStore", *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each reference to a missing store."""
    stores = list(context.index.of_kind("SecretStore"))
    of_cluster = {each.name for each in context.index.of_kind("ClusterSecretStore")}
    if not stores and not of_cluster:
        return
    for manifest, reference in _references(context.index):
        name = reference["name"]
        if reference["kind"].text != "ClusterSecretStore":
            yield from _missing(context, manifest, name, of_cluster)
        elif of_cluster and name.text not in of_cluster:
            hint = nearest(name.text, of_cluster)
            yield Fault(f"there is no ClusterSecretStore {name.text!r}{hint}", manifest, name)


def _missing(context: Context, manifest: Manifest, name: View, of_cluster: set[str]) -> Iterator[Fault]:
    """The fault of a store that its namespace has not; a tree that has stores brings them all itself."""
    home = manifest.namespace or DEFAULT_NAMESPACE
    stores = list(context.index.of_kind("SecretStore"))
    known = [each.name for each in stores if (each.namespace or DEFAULT_NAMESPACE) == home]
    if name.text in known or (not stores and context.outside.reaches(home, "SecretStore")):
        return
    hint = nearest(name.text, known)
    if name.text in of_cluster:
        hint = "; there is a ClusterSecretStore of that name: set its kind"
    yield Fault(f"there is no SecretStore {name.text!r} in {home}{hint}", manifest, name)


def _references(index: Index) -> Iterator[tuple[Manifest, View]]:
    for manifest in index.of_kind("ExternalSecret", "PushSecret"):
        spec = manifest.view["spec"]
        found = [spec["secretStoreRef"], *spec["secretStoreRefs"]]
        found += [
            entry.at("sourceRef", "storeRef") for field in ("data", "dataFrom") for entry in spec[field]
        ]
        yield from ((manifest, each) for each in found if each["name"].text)
