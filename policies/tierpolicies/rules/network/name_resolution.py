"""Pods that may call others by name may not ask for names.

## What it does
For each policy with egress rules for pods, namespaces or all addresses, looks whether the pods that it
selects may also ask a DNS server, by UDP and by TCP, port 53: by this policy or another that selects them.
Pods that may call nobody, or a few addresses alone, are left out.

## Why is this bad
The pods' connections fail with unknown host names, all of them; without TCP only those whose answers are
long, or asked for again, which is harder to find.

## Example
```yaml
policyTypes: [Egress]
egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]
```

## Use instead
```yaml
egress:
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]
    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
```
beside it.
"""

from collections.abc import Iterator, Mapping

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.selector import unmet
from tierpolicies.traffic.isolation import EGRESS, Isolation, Policy, isolation
from tierpolicies.traffic.name_servers import calls_names, resolves

_PROTOCOLS = ("UDP", "TCP")


@rule(
    needs=("NetworkPolicy",),
    severity=Severity.WARNING,
    remediation="Admit UDP and TCP 53 to the cluster's DNS server.",
    rests_on=("NetworkPolicy",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each policy whose pods cannot look up what they call."""
    found = isolation(context.index)
    for policy in found.policies:
        entries = [each for each in policy.rules(EGRESS) if calls_names(each)]
        if not entries or found.is_partial(policy.namespace):
            continue
        for who, labels in _selected(context, policy):
            admitted = _protocols(found, policy, labels)
            missing = [each for each in _PROTOCOLS if each not in admitted]
            if missing:
                told = (
                    f"{who} may ask no DNS server"
                    if len(missing) == 2
                    else f"{who} may ask DNS by {admitted[0]} alone"
                )
                message = f"{told}: no policy admits {' and '.join(missing)} port 53"
                yield Fault(message, policy.manifest, "/spec/egress", key=True, detail=who)
                break


def _selected(context: Context, policy: Policy) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The pods that a policy selects, by their labels; those of charts by the labels that it names."""
    workloads = isolation(context.index).selected(policy)
    for workload in sorted(workloads, key=lambda each: each.manifest.subject):
        if workload.pod["dnsPolicy"].text != "None":
            yield workload.manifest.name, workload.labels
    if not workloads:
        yield "a pod that it selects", policy.selector["matchLabels"].labels


def _protocols(found: Isolation, policy: Policy, labels: Mapping[str, str]) -> list[str]:
    return [
        protocol
        for protocol in _PROTOCOLS
        if any(
            resolves(entry, protocol)
            for each in found.at_home(policy.namespace)
            if each is policy or not any(unmet(each.selector, labels))
            for entry in each.rules(EGRESS)
        )
    ]
