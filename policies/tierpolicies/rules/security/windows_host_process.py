"""A pod or a container runs as a process of a Windows node.

## What it does
Reports `windowsOptions.hostProcess: true`. Pod Security Standards, baseline: HostProcess.

## Why is this bad
Such a process is on the node, with all that the node has.

## Example
```yaml
securityContext: {windowsOptions: {hostProcess: true}}
```

## Use instead
```yaml
securityContext: {windowsOptions: {runAsUserName: ContainerUser}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.security_context import BASELINE, named, setters


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Remove hostProcess.",
    groups=BASELINE,
    known_as=("polaris:hostProcess",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each process of the node."""
    for owner, settings in setters(pod):
        options = settings.get("windowsOptions")
        if isinstance(options, dict) and options.get("hostProcess") is True:
            at = owner.at("securityContext", "windowsOptions", "hostProcess")
            yield Fault(f"{named(pod, owner)} runs as a process of the node", pod.manifest, at)
