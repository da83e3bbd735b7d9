"""A pod runs, or a store reads, as a ServiceAccount that is not there.

## What it does
Looks up the ServiceAccount that each pod, and the sign-in of each SecretStore, names in its namespace.
`default` is always there; where a chart or an operator may make the ServiceAccount nothing is said.

## Why is this bad
Admission refuses every pod: the workload stays at none, and only its events say why. A SecretStore
reads nothing.

## Example
```yaml
serviceAccountName: wbe   # beside a ServiceAccount web
```

## Use instead
```yaml
serviceAccountName: web
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest

_STORE = "SecretStore"


@rule(
    needs=(PODS, "SecretStore"),
    severity=Severity.ERROR,
    remediation="Name a ServiceAccount of the pod's namespace, or add it.",
    rests_on=("ServiceAccount", *BRINGERS),
    known_as=("kube-linter:non-existent-service-account",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod whose ServiceAccount is missing."""
    for manifest, name in _named(context.index):
        if name.text in ("", "default") or has_placeholder(name.text):
            continue
        if context.index.find("ServiceAccount", name.text, manifest.namespace) is not None:
            continue
        home = manifest.namespace or DEFAULT_NAMESPACE
        accounts = context.index.of_kind("ServiceAccount")
        known = [each.name for each in accounts if (each.namespace or DEFAULT_NAMESPACE) == home]
        if manifest.kind == _STORE or context.outside.lacks(home, "ServiceAccount", name.text, known):
            message = f"there is no ServiceAccount {name.text!r} in {home}{nearest(name.text, known)}"
            yield Fault(message, manifest, name)


def _named(index: Index) -> Iterator[tuple[Manifest, View]]:
    for workload in index.workloads:
        # The second is its name in former versions, still understood.
        yield workload.manifest, workload.pod["serviceAccountName"] or workload.pod["serviceAccount"]
    for store in index.of_kind(_STORE):
        for provider in store.view.at("spec", "provider").values():
            for way in (provider["auth"], *provider["auth"].values()):
                if not way.at("serviceAccountRef", "namespace"):
                    yield store, way.at("serviceAccountRef", "name")
