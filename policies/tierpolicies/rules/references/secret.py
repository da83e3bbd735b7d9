"""A pod needs a Secret that comes from nowhere.

## What it does
Looks up the Secrets that pods, ServiceAccounts and Ingresses name among those that Secrets, SealedSecrets,
ExternalSecrets and the like of the tree make. Secrets are often made by hand and kept out of the tree: where
none of the namespace's comes from the tree (for the certificates of Ingresses: from a Certificate), only a
name is told that is but a letter off another. References with `optional: true` may lead nowhere; where a
chart or an operator may make the Secret nothing is said.

## Why is this bad
The container does not start, its image is not pulled, or the host has no certificate.

## Example
```yaml
envFrom: [{secretRef: {name: databse}}]   # beside an ExternalSecret called database
```

## Use instead
```yaml
envFrom: [{secretRef: {name: database}}]
```
"""

from collections import Counter
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.misspelling import misspelt, odd_one
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    needs=(PODS, "ServiceAccount", "Ingress"),
    severity=Severity.WARNING,
    remediation="Name a Secret that the tree brings to the namespace, or bring this one the same way.",
    rests_on=("Secret", "SealedSecret", "ExternalSecret", "ClusterExternalSecret", "Certificate", *BRINGERS),
    known_as=("kube-linter:env-value-from",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Secret that nothing brings to a namespace whose other Secrets are brought."""
    named = list(_named(context))
    counted = Counter((_home(manifest), name.text) for manifest, name, _ in named)
    for manifest, name, reader in named:
        home = _home(manifest)
        if context.secrets.has(home, name.text):
            continue
        told = _unmade(context, manifest, name.text)
        if not told and counted[home, name.text] == 1:
            others = {other: count for (where, other), count in counted.items() if where == home}
            meant = odd_one(name.text, others)
            told = f"; {others[meant]} others in {home} need {meant!r}" if meant else ""
        if told:
            yield Fault(f"{reader} needs the Secret {name.text}{told}", manifest, name)


def _unmade(context: Context, manifest: Manifest, name: str) -> str:
    """What is said of a Secret that none of those objects makes which make the others of its namespace."""
    home = _home(manifest)
    sources = context.secrets.sources(home, of_certificates=manifest.kind == "Ingress")
    kinds = {f"{each.kind}s" for each in sources if not context.overlays.apart(each.file, manifest.file)}
    known = context.secrets.names(home)
    if kinds and context.outside.lacks(home, "Secret", name, known):
        return f", which none of the {' and '.join(sorted(kinds))} of {home} makes{nearest(name, known)}"
    meant = misspelt(name, known) if known else None
    return f" (did you mean {meant!r}?)" if meant else ""


def _home(manifest: Manifest) -> str:
    return manifest.namespace or DEFAULT_NAMESPACE


def _named(context: Context) -> Iterator[tuple[Manifest, View, str]]:
    """Each place that names a Secret, once, and what needs it."""
    for reference in context.references.secrets:
        if not reference.is_again:
            yield reference.manifest, reference.name, reference.reader
    for ingress in context.index.of_kind("Ingress"):
        for tls in ingress.view.at("spec", "tls"):
            if tls["secretName"].text:
                yield ingress, tls["secretName"], "the certificate"
