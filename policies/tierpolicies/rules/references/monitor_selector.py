"""A ServiceMonitor or PodMonitor selects nothing.

## What it does
Looks for Services whose own labels match a ServiceMonitor's selector, and for pods that match a
PodMonitor's, in the namespaces they look in: their own, unless `namespaceSelector` names others. Where a
chart or an operator may make what is selected nothing is said.

## Why is this bad
Nothing is scraped: dashboards stay empty and alerts silent, and nobody notices.

## Example
```yaml
kind: ServiceMonitor
spec: {selector: {matchLabels: {app: wbe}}}   # the Service itself has the label app: web
```

## Use instead
```yaml
kind: ServiceMonitor
spec: {selector: {matchLabels: {app: web}}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.dangling import dangling, told
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import BRINGERS, Absence
from tierpolicies.engine.rule import rule
from tierpolicies.engine.selector import unmet
from tierpolicies.monitoring.monitors import namespaces, selected_pods, selected_services


@rule(
    needs=("ServiceMonitor", "PodMonitor"),
    severity=Severity.WARNING,
    remediation="Select labels of the Service itself, or of the pods, in a namespace the monitor looks in.",
    rests_on=("Service", PODS, *BRINGERS),
    known_as=("kube-linter:dangling-servicemonitor",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each monitor that has nothing to scrape."""
    for monitor in context.index.of_kind("ServiceMonitor"):
        if not selected_services(context.index, monitor):
            yield from _without_services(context, monitor)
    for monitor in context.index.of_kind("PodMonitor"):
        if not selected_pods(context.index, monitor):
            yield from _without_pods(context, monitor)


def _without_services(context: Context, monitor: Manifest) -> Iterator[Fault]:
    selector = monitor.view.at("spec", "selector")
    services = list(context.index.of_kind("Service"))
    homes = {each.namespace or DEFAULT_NAMESPACE for each in services}
    has_terms = bool(selector["matchLabels"].mapping) or any(selector["matchExpressions"])
    elsewhere = [each for each in services if has_terms and not any(unmet(selector, each.labels))]
    looked_in = namespaces(monitor)
    wanted = sorted(homes) if looked_in is None else looked_in
    if elsewhere:
        homes.update(wanted)
    absences = [context.outside.absence(home, "Service", homes) for home in wanted or [DEFAULT_NAMESPACE]]
    if Absence.UNKNOWN in absences or (looked_in is None and context.outside.brings):
        return
    where = "any namespace" if looked_in is None else f"the namespace {' or '.join(wanted)}"
    message = f"no Service in {where} {told(selector)}"
    if elsewhere:
        message += f"; {elsewhere[0].name} in {elsewhere[0].namespace or DEFAULT_NAMESPACE} has"
    elif lacking := _of_pods(context, selector["matchLabels"].labels, wanted):
        message += f"; the pods behind {lacking} have, but the Service itself must"
    yield Fault(message, monitor, selector, severity=absences[0].severity)


def _of_pods(context: Context, labels: dict[str, str], homes: list[str]) -> str:
    """The name of a Service that selects such pods: it lacks the label that they have."""
    for service in context.index.of_kind("Service"):
        if (service.namespace or DEFAULT_NAMESPACE) in homes:
            chosen = service.view.at("spec", "selector").labels
            if labels and labels.items() <= chosen.items():
                return service.name
    return ""


def _without_pods(context: Context, monitor: Manifest) -> Iterator[Fault]:
    homes = namespaces(monitor)
    if homes is None:
        if context.outside.brings:
            return
        homes = [each.manifest.namespace for each in context.index.workloads[:1]] or [""]
    selector = monitor.view.at("spec", "selector")
    faults = [next(dangling(context, monitor, selector, namespace=home), None) for home in homes]
    yield from (each for each in faults[:1] if each is not None and None not in faults)
