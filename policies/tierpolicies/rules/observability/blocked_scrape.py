"""Prometheus may not reach what it is to scrape.

## What it does
For each port that a ServiceMonitor or a PodMonitor of the tree scrapes, looks whether the NetworkPolicies of
the pods admit Prometheus there, and whether those of Prometheus, as far as policies name it, let it go out.
Prometheus is known by the labels that policies select it with, or by its own pods.

## Why is this bad
The target is down for ever: dashboards stay empty, alerts silent, and an autoscaler that follows the metric
never scales.

## Example
```yaml
kind: NetworkPolicy   # admits the shop to 5672, and nobody to 15692, which a PodMonitor scrapes
```

## Use instead
```yaml
ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
    ports: [{port: 15692}]
```
beside it.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.network.intent.blame import blamed
from tierpolicies.traffic.isolation import EGRESS, INGRESS, Isolation, Policy, isolation
from tierpolicies.traffic.kept_out import Scrape, Scraper, scrapes


@rule(
    needs=("ServiceMonitor", "PodMonitor"),
    severity=Severity.ERROR,
    remediation="Admit Prometheus at the port, and let it go out there.",
    rests_on=("NetworkPolicy", "Namespace"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each port that Prometheus does not reach."""
    found = isolation(context.index)
    if not found.policies:
        return
    scraper = Scraper(context.index)
    leaving = sorted(
        (policy for policy in found.policies if _is_scrapers(policy)),
        key=lambda policy: (policy.namespace, policy.manifest.name),
    )
    told: set[tuple[int, int]] = set()
    for scrape in scrapes(context.index):
        manifest = scrape.workload.manifest
        if (id(manifest), scrape.port.number) in told or scrape.workload.pod["hostNetwork"].value is True:
            continue
        told.add((id(manifest), scrape.port.number))
        what = f"{scrape.port} of {manifest.name}, which {scrape.monitor.kind} {scrape.monitor.name} scrapes"
        detail = f"{manifest.subject} {scrape.port.number}"
        if not scraper.comes_in(scrape):
            policy = blamed(found.selecting(scrape.workload, INGRESS), INGRESS, scrape.port.number)
            if policy is not None:
                yield Fault(
                    f"Prometheus is not admitted to {what}", policy.manifest, "/spec/ingress", detail=detail
                )
        if leaving and not _goes_out(found, leaving, scrape):
            message = f"Prometheus may not go out to {what}"
            yield Fault(message, leaving[0].manifest, "/spec/egress", detail=detail)


def _is_scrapers(policy: Policy) -> bool:
    """Whether a policy is Prometheus' own, for what it calls."""
    return EGRESS in policy.directions and "prometheus" in policy.selector["matchLabels"].labels.values()


def _goes_out(found: Isolation, leaving: list[Policy], scrape: Scrape) -> bool:
    common = [
        each
        for home in {each.namespace for each in leaving}
        for each in found.at_home(home)
        if each.selects_all
    ]
    return any(found.reaches(each, scrape.workload, scrape.port) for each in (*leaving, *common))
