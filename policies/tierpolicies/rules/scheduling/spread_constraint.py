"""A topology spread constraint is incomplete.

## What it does
Reports constraints without a topologyKey, with a maxSkew or minDomains below 1, or with a whenUnsatisfiable
that is neither DoNotSchedule nor ScheduleAnyway. The rule is optional: the rules of the family schema say
the same, each for its field.

## Why is this bad
The API server refuses the pod.

## Example
```yaml
topologySpreadConstraints: [{maxSkew: 0, topologyKey: kubernetes.io/hostname, …}]
```

## Use instead
```yaml
topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, …}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.spread import constraints

_WHEN = ("DoNotSchedule", "ScheduleAnyway")


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Give maxSkew, topologyKey and whenUnsatisfiable values that there are.",
    optional=True,
    known_as=("kube-score:pod-topology-spread-constraints",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each value that is none."""
    for constraint in constraints(pod):
        for at, message in _wrong(constraint):
            yield Fault(message, pod.manifest, at)


def _wrong(constraint: View) -> Iterator[tuple[View, str]]:
    skew, domains, when = (constraint[each] for each in ("maxSkew", "minDomains", "whenUnsatisfiable"))
    if (skew.integer or 0) < 1:
        yield skew, f"maxSkew is {skew.value or 0}, and 1 is the least"
    if domains.integer is not None and domains.integer < 1:
        yield domains, f"minDomains is {domains.integer}, and 1 is the least"
    if not constraint["topologyKey"].text:
        yield constraint["topologyKey"], "no topologyKey tells the domains"
    if when.text not in _WHEN:
        yield when, f"whenUnsatisfiable is {when.value!r}, and neither {' nor '.join(_WHEN)}"
