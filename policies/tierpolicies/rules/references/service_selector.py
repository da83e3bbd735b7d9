"""A Service selects no pod.

## What it does
Looks for a workload of the Service's namespace whose pods carry all labels of its selector. Services
without a selector and of type ExternalName have no pods to find, and where a chart or an operator
may make the pods nothing is said.

## Why is this bad
The Service has no endpoints: every connection to it is refused.

## Example
```yaml
kind: Service
spec: {selector: {app: wbe}}   # the pods have app: web
```

## Use instead
```yaml
kind: Service
spec: {selector: {app: web}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.dangling import dangling
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule


@rule(
    needs=("Service",),
    severity=Severity.ERROR,
    remediation="Select labels that the pod template of a workload in the Service's namespace has.",
    rests_on=(PODS, *BRINGERS),
    known_as=("kube-linter:dangling-service", "kube-score:service-targets-pod"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Service whose selector matches no pod."""
    for service in context.index.of_kind("Service"):
        spec = service.view["spec"]
        labels = spec["selector"].labels
        if not labels or spec["type"].text == "ExternalName":
            continue
        if not context.index.selected(service.namespace, labels):
            yield from dangling(context, service, spec["selector"], labels=labels)
