"""A pod needs a Secret that comes from nowhere.

## What it does
Looks up the Secrets that pods, ServiceAccounts and Ingresses name among those that Secrets, SealedSecrets,
ExternalSecrets and the like of the tree make. Secrets are often made by hand and kept out of the
tree: so it says something only where the namespace's other Secrets come from the tree. References with
`optional: true` may lead nowhere; where a chart or an operator may make the Secret nothing is said.

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

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    severity=Severity.WARNING,
    remediation="Name a Secret that the tree brings to the namespace, or bring this one the same way.",
    rests_on=("Secret", "SealedSecret", "ExternalSecret", "ClusterExternalSecret", "Certificate", *BRINGERS),
    known_as=("kube-linter:env-value-from",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Secret that nothing brings to a namespace whose other Secrets are brought."""
    for manifest, name, reader in _named(context):
        home = manifest.namespace or DEFAULT_NAMESPACE
        kinds = context.secrets.kinds(home)
        known = context.secrets.names(home)
        if not kinds or context.secrets.has(home, name.text):
            continue
        if not context.outside.lacks(home, "Secret", name.text, known):
            continue
        hint = nearest(name.text, known)
        message = (
            f"{reader} needs the Secret {name.text}, which none of the {' and '.join(kinds)} of {home} makes"
        )
        yield Fault(f"{message}{hint}", manifest, name)


def _named(context: Context) -> Iterator[tuple[Manifest, View, str]]:
    """Each place that names a Secret, once, and what needs it."""
    for reference in context.references.secrets:
        if not reference.is_again:
            yield reference.manifest, reference.name, reference.reader
    for ingress in context.index.of_kind("Ingress"):
        for tls in ingress.view.at("spec", "tls"):
            if tls["secretName"].text:
                yield ingress, tls["secretName"], "the certificate"
