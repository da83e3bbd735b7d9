"""A PodDisruptionBudget keeps a node from being drained.

## What it does
Reports budgets that ask for as many available pods as there are at rest (percentages round up, as
in Kubernetes), that allow none to be unavailable, and, where the platform is known, any minAvailable
over pods that only one node can run. It tells budgets over a single replica, too, and, where the platform
is known, those without `unhealthyPodEvictionPolicy: AlwaysAllow`.

## Why is this bad
The drain waits for ever: no pod may go, or the pods that must be there first have no other node
to go to. Pods that are not ready may not be evicted at all without the policy.

## Example
```yaml
spec: {minAvailable: 100%}
```

## Use instead
```yaml
spec: {maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow}
```
"""

import re
from collections.abc import Iterator, Sequence

from tierpolicies.capacity.demand import pools_of
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.platform import Platform
from tierpolicies.workloads.rollout import scaled_here

_PERCENTAGE = re.compile(r"(\d{1,9})%")
_POLICY = "unhealthyPodEvictionPolicy"


@rule(
    needs=("PodDisruptionBudget",),
    severity=Severity.WARNING,
    remediation="Use maxUnavailable 1, and only for two replicas and more.",
    known_as=(
        "kube-linter:pdb-max-unavailable",
        "kube-linter:pdb-min-available",
        "kube-linter:pdb-unhealthy-pod-eviction-policy",
        "polaris:pdbDisruptionsIsZero",
    ),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each way in which a budget blocks."""
    for budget in context.index.of_kind("PodDisruptionBudget"):
        spec = budget.view["spec"]
        # A drain leaves the pods of DaemonSets where they are, and those of jobs end.
        guarded = [
            scaled_here(context, each)
            for each in context.index.matched(budget.namespace, spec["selector"])
            if not (each.per_node or each.finishes or context.overlays.apart(budget.file, each.manifest.file))
        ]
        if spec["minAvailable"]:
            yield from _least(budget, spec["minAvailable"], guarded, context.platform)
        else:
            yield from _most(budget, spec["maxUnavailable"], guarded)
        # Every version that objects are checked on has the field (1.26 and later).
        if context.platform is not None and spec[_POLICY].text != "AlwaysAllow":
            message = "pods that are not ready block the drain"
            yield Fault(message, budget, spec[_POLICY], remediation=f"Set {_POLICY}: AlwaysAllow.")


def _least(
    budget: Manifest, least: View, guarded: Sequence[Workload], platform: Platform | None
) -> Iterator[Fault]:
    replicas = sum(each.replicas for each in guarded)
    wanted = _pods(least, replicas)
    if (_pods(least, 100) or 0) >= 100 and _PERCENTAGE.fullmatch(least.text):
        yield Fault(f"minAvailable {least.value} allows no eviction at all", budget, least)
    elif not wanted or not replicas:
        return
    elif wanted >= replicas:
        count = f"{replicas} replica{'' if replicas == 1 else 's'} at rest"
        yield Fault(f"minAvailable {least.value} of {count} allows no eviction at all", budget, least)
    elif platform is not None:
        for workload in guarded:
            pools = pools_of(workload.pod, platform)
            if sum(pool.nodes for pool in pools) == 1:
                message = f"minAvailable keeps the one node of {pools[0].name} from being drained"
                yield Fault(message, budget, least)
                return


def _most(budget: Manifest, most: View, guarded: Sequence[Workload]) -> Iterator[Fault]:
    if _pods(most, 100) == 0:
        yield Fault(f"maxUnavailable {most.value} allows no eviction at all", budget, most)
    elif sum(each.replicas for each in guarded) == 1:
        message = (
            f"{guarded[0].manifest.name} has fewer than two replicas at rest: the budget protects nothing"
        )
        yield Fault(message, budget, budget.view.at("spec", "selector"))


def _pods(amount: View, replicas: int) -> int | None:
    """A number of pods or a share of them, rounded up; nothing where it is neither."""
    match = _PERCENTAGE.fullmatch(amount.text)
    return amount.integer if match is None else -(-replicas * int(match[1]) // 100)
