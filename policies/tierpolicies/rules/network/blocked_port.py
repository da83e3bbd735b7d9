"""A policy admits nobody to a port that is published.

## What it does
Reports, of pods that are isolated, a Service to none of whose ports anybody is admitted. Further ports of a
Service are reported only where the policies also keep out the pods' own cluster or the monitor that scrapes
them: else such a port may be meant for `kubectl port-forward`, which no policy stops.

## Why is this bad
Whoever calls waits until the connection times out.

## Example
```yaml
kind: Service   # port 8080, and the policy of its pods admits 9090 only
```

## Use instead
```yaml
ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.network.intent.blame import blamed
from tierpolicies.traffic.isolation import INGRESS, Isolation, Port, isolation
from tierpolicies.traffic.kept_out import Scrape, Scraper, kept_from_peers, peer_ports, scrapes
from tierpolicies.traffic.service_targets import service_targets


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Admit those that call the port, or do not publish it.",
    rests_on=("NetworkPolicy",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each port that is published in vain."""
    found = isolation(context.index)
    if not found.policies:
        return
    scraped = list(scrapes(context.index))
    scraper = Scraper(context.index)
    for workload in context.index.workloads:
        policy = (
            blamed(found.selecting(workload, INGRESS), INGRESS)
            if found.is_isolated(workload, INGRESS)
            else None
        )
        if policy is not None:
            own = [each for each in scraped if each.workload is workload]
            for service, port in _in_vain(context, found, scraper, workload, own):
                message = f"nobody is admitted to {port}, which the Service {service} publishes"
                yield Fault(message, policy.manifest, "/spec/ingress", detail=f"{service} {port.number}")


def _in_vain(
    context: Context, found: Isolation, scraper: Scraper, workload: Workload, scraped: list[Scrape]
) -> Iterator[tuple[str, Port]]:
    """The ports of Services that nobody is admitted to, less those that other rules tell of."""
    by_service: dict[str, list[Port]] = {}
    for target in service_targets(context.index, workload):
        by_service.setdefault(target.service.name, []).extend(target.pod_ports)
    told = {each.port.number for each in scraped} | {
        each.number for each in peer_ports(context.index, workload)
    }
    is_faulty = any(not scraper.comes_in(each) for each in scraped)
    is_faulty = is_faulty or bool(kept_from_peers(context.index, workload))
    for service, ports in by_service.items():
        closed = [port for port in ports if not any(True for _ in found.admitting(workload, port))]
        if is_faulty or len(closed) == len(ports):
            yield from ((service, port) for port in closed if port.number not in told)
