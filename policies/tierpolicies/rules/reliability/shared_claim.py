"""Several pods want a volume that one node can have.

## What it does
Reports claims that may be mounted on one node only (ReadWriteOnce) and that a workload of several replicas,
or a second workload, mounts; with ReadWriteOncePod it is an error, since one pod alone may have it.

## Why is this bad
Only the pods on the node that has the volume start; all others hang in ContainerCreating, and on the same
node they write over each other.

## Example
```yaml
replicas: 3
template: {spec: {volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}}   # ReadWriteOnce
```

## Use instead
A StatefulSet with volumeClaimTemplates, which gives each pod its own, or a claim with ReadWriteMany.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.storage.stores import Claim, claims
from tierpolicies.workloads.rollout import scaled


@rule(
    needs=("PersistentVolumeClaim",),
    severity=Severity.WARNING,
    remediation="Give each pod a volume of its own, or one that many may mount.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each claim that is wanted twice."""
    users: dict[int, Workload] = {}
    # By name, so that which of two is told does not hang on the order of the files.
    for workload in sorted(scaled(context), key=lambda each: each.manifest.subject):
        if workload.finishes:
            continue  # it comes and goes, and may well share the node
        for claim in claims(context.index, workload):
            if claim.is_of_one_node:
                yield from _shared(context, workload, claim, users.setdefault(id(claim.manifest), workload))


def _shared(context: Context, workload: Workload, claim: Claim, first: Workload) -> Iterator[Fault]:
    mode = " and ".join(sorted(claim.modes))
    most = workload.max_replicas
    severity = Severity.ERROR if mode == "ReadWriteOncePod" else None
    if most > 1 or workload.per_node:
        who = "the pods of all nodes" if workload.per_node else f"{most} replicas"
        message = f"{who} share the claim {claim.manifest.name}, which is {mode}"
        yield Fault(message, workload.manifest, claim.at, severity=severity)
    elif first is not workload and not context.overlays.apart(first.manifest.file, workload.manifest.file):
        other = first.manifest.subject
        message = f"{other.kind} {other.name} has the claim {claim.manifest.name}, too, which is {mode}"
        yield Fault(message, workload.manifest, claim.at, severity=severity)
