"""A StatefulSet's Service does not govern it.

## What it does
Looks up the Service that `serviceName` names in the StatefulSet's namespace. It must be headless
(`clusterIP: None`) and its selector must match the pods. A StatefulSet that names none, or has a single pod
behind a Service that is not headless, is a warning; where a chart or an operator may make the Service
nothing is said.

## Why is this bad
The pods get no names in the DNS: members of a cluster do not find each other.

## Example
```yaml
spec: {serviceName: dta}   # the headless Service is called data
```

## Use instead
```yaml
spec: {serviceName: data}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import Workload


@rule(
    needs=("StatefulSet",),
    severity=Severity.ERROR,
    remediation="Name a headless Service of the same namespace that selects the pods.",
    rests_on=("Service", *BRINGERS),
    known_as=("kube-score:statefulset-has-servicename",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each StatefulSet without a Service of its own."""
    for workload in context.index.workloads:
        if workload.manifest.kind == "StatefulSet":
            yield from _faults(context, workload)


def _faults(context: Context, workload: Workload) -> Iterator[Fault]:
    manifest = workload.manifest
    name = manifest.view.at("spec", "serviceName")
    if not name.text:
        message = "the StatefulSet names no Service: its pods have no names in the DNS"
        yield Fault(message, manifest, name, severity=Severity.WARNING)
        return
    home = manifest.namespace or DEFAULT_NAMESPACE
    service = context.index.find("Service", name.text, home)
    if service is None:
        if not context.outside.reaches(home, "Service"):
            yield Fault(_missing(context, name.text, home), manifest, name)
        return
    spec = service.view["spec"]
    if spec["clusterIP"].text != "None":
        # A single pod is found by the Service's own name; but serviceName cannot be changed later.
        severity = Severity.WARNING if workload.max_replicas <= 1 else None
        message = f"the Service {name.text} is not headless: its pods get no names"
        yield Fault(message, manifest, name, severity=severity)
        return
    for key, value in spec["selector"].labels.items():
        if workload.labels.get(key) != value:
            has = f"{key}={workload.labels[key]}" if key in workload.labels else f"no {key}"
            message = f"the Service {name.text} selects {key}={value}; the pods have {has}"
            yield Fault(message, manifest, name)
            return


def _missing(context: Context, name: str, home: str) -> str:
    services: list[Manifest] = list(context.index.of_kind("Service"))
    elsewhere = [each.namespace or DEFAULT_NAMESPACE for each in services if each.name == name]
    message = f"there is no Service {name} in the namespace {home}"
    if elsewhere:
        return f"{message}; the one in {elsewhere[0]} cannot govern it"
    return message + nearest(
        name, [each.name for each in services if (each.namespace or DEFAULT_NAMESPACE) == home]
    )
