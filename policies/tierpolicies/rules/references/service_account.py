"""A pod runs as a ServiceAccount that is not there.

## What it does
Looks up the ServiceAccount that each pod names in its namespace. `default` is always there; where a
chart or an operator may make the ServiceAccount nothing is said.

## Why is this bad
Admission refuses every pod: the workload stays at none, and only its events say why.

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

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    severity=Severity.ERROR,
    remediation="Name a ServiceAccount of the pod's namespace, or add it.",
    rests_on=("ServiceAccount", *BRINGERS),
    known_as=("kube-linter:non-existent-service-account",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod whose ServiceAccount is missing."""
    for workload in context.index.workloads:
        manifest = workload.manifest
        name = workload.pod["serviceAccountName"]
        if not name.text:
            name = workload.pod["serviceAccount"]  # its name in former versions, still understood
        if name.text in ("", "default") or has_placeholder(name.text):
            continue
        if context.index.find("ServiceAccount", name.text, manifest.namespace) is not None:
            continue
        home = manifest.namespace or DEFAULT_NAMESPACE
        accounts = context.index.of_kind("ServiceAccount")
        known = [each.name for each in accounts if (each.namespace or DEFAULT_NAMESPACE) == home]
        if context.outside.lacks(home, "ServiceAccount", name.text, known):
            message = f"there is no ServiceAccount {name.text!r} in {home}{nearest(name.text, known)}"
            yield Fault(message, manifest, name)
