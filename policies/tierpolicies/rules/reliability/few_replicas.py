"""A workload has few replicas.

## What it does
Reports workloads with fewer replicas in writing than the parameter `least`; none written is one. The rule
is optional.

## Why is this bad
With two replicas one is left while a node is drained, and that one may fail.

## Example
```yaml
replicas: 2
```

## Use instead
```yaml
replicas: 3
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.rollout import SCALED


@dataclass(frozen=True)
class Parameters:
    """The replicas that a workload should have at least."""

    least: int = 3


@rule(
    each=Manifest,
    kinds=SCALED,
    severity=Severity.WARNING,
    remediation="Raise the number of replicas.",
    optional=True,
    known_as=("kube-linter:minimum-three-replicas",),
    parameters=Parameters(),
)
def check(manifest: Manifest, parameters: Parameters) -> Iterator[Fault]:
    """Reports a workload with fewer."""
    replicas = manifest.view["spec"]["replicas"]
    count = 1 if replicas.integer is None else replicas.integer
    if count < parameters.least:
        message = f"{count} replica{'' if count == 1 else 's'}, and {parameters.least} are the least"
        yield Fault(message, manifest, replicas)
