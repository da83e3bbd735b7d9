"""A trigger of KEDA signs in with an authentication that is not there.

## What it does
Looks up the TriggerAuthentication that each trigger of a ScaledObject or ScaledJob names in its namespace,
and the ClusterTriggerAuthentication among those of the tree, where the tree has any. Where a chart
or an operator may make it nothing is said.

## Why is this bad
KEDA cannot ask the source: the workload stays at its least, or at none.

## Example
```yaml
authenticationRef: {name: brokre}   # beside a TriggerAuthentication broker
```

## Use instead
```yaml
authenticationRef: {name: broker}
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

_OF_CLUSTER = "ClusterTriggerAuthentication"
_OF_NAMESPACE = "TriggerAuthentication"


@rule(
    needs=("ScaledObject", "ScaledJob"),
    severity=Severity.ERROR,
    remediation="Name a TriggerAuthentication of the same namespace, or a cluster's with its kind.",
    rests_on=(_OF_NAMESPACE, _OF_CLUSTER, *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each authentication that is missing."""
    for scaled in context.index.of_kind("ScaledObject", "ScaledJob"):
        for trigger in scaled.view.at("spec", "triggers"):
            reference = trigger["authenticationRef"]
            if reference["name"].text:
                yield from _missing(context, scaled, reference)


def _missing(context: Context, scaled: Manifest, reference: View) -> Iterator[Fault]:
    name, home = reference["name"], scaled.namespace or DEFAULT_NAMESPACE
    if reference["kind"].text == _OF_CLUSTER:
        known = [each.name for each in context.index.of_kind(_OF_CLUSTER)]
        if known and name.text not in known:
            yield Fault(f"there is no {_OF_CLUSTER} {name.text!r}{nearest(name.text, known)}", scaled, name)
        return
    if context.index.find(_OF_NAMESPACE, name.text, home) is None and not context.outside.reaches(
        home, _OF_NAMESPACE
    ):
        all_ = context.index.of_kind(_OF_NAMESPACE)
        known = [each.name for each in all_ if (each.namespace or DEFAULT_NAMESPACE) == home]
        message = f"there is no {_OF_NAMESPACE} {name.text!r} in {home}{nearest(name.text, known)}"
        yield Fault(message, scaled, name)
