"""A certificate is to be issued by an issuer that is not there.

## What it does
Looks up the Issuer of each cert-manager Certificate and annotated Ingress in its namespace, and the
ClusterIssuer among those of the tree, where the tree has issuers of that kind.

## Why is this bad
No certificate is ever made: the host answers with a wrong one, or not at all.

## Example
```yaml
issuerRef: {kind: ClusterIssuer, name: letsencrpyt}   # beside a ClusterIssuer letsencrypt
```

## Use instead
```yaml
issuerRef: {kind: ClusterIssuer, name: letsencrypt}
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

_GROUP = "cert-manager.io"


@rule(
    needs=("Certificate", "Ingress", "Gateway"),
    severity=Severity.ERROR,
    remediation="Name an Issuer of the same namespace or a ClusterIssuer, with its kind.",
    rests_on=("Issuer", "ClusterIssuer", *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each reference to a missing issuer."""
    issuers = list(context.index.of_kind("Issuer"))
    of_cluster = {each.name for each in context.index.of_kind("ClusterIssuer")}
    for manifest, kind, name in _references(context.index):
        home = manifest.namespace or DEFAULT_NAMESPACE
        known = {each.name for each in issuers if (each.namespace or DEFAULT_NAMESPACE) == home}
        if kind == "ClusterIssuer" and of_cluster and name.text not in of_cluster:
            yield Fault(
                f"there is no ClusterIssuer {name.text!r}{nearest(name.text, of_cluster)}", manifest, name
            )
        elif kind == "Issuer" and (known or of_cluster) and name.text not in known:
            if name.text in of_cluster:
                hint = "; there is a ClusterIssuer of that name: set its kind"
            else:
                hint = nearest(name.text, known)
            if known or hint or not context.outside.reaches(home, "Issuer"):
                yield Fault(f"there is no Issuer {name.text!r} in {home}{hint}", manifest, name)


def _references(index: Index) -> Iterator[tuple[Manifest, str, View]]:
    for manifest in index.of_kind("Certificate"):
        reference = manifest.view.at("spec", "issuerRef")
        if manifest.group == _GROUP and reference["name"].text and reference["group"].text in ("", _GROUP):
            yield manifest, reference["kind"].text or "Issuer", reference["name"]
    for manifest in index.of_kind("Ingress", "Gateway"):
        annotations = manifest.view.at("metadata", "annotations")
        if annotations[f"{_GROUP}/issuer-group"].text in ("", _GROUP):
            for field, kind in (("issuer", "Issuer"), ("cluster-issuer", "ClusterIssuer")):
                name = annotations[f"{_GROUP}/{field}"]
                if name.text:
                    yield manifest, annotations[f"{_GROUP}/issuer-kind"].text or kind, name
