"""A probe or a hook of a container calls another host.

## What it does
Reports a `host` in probes and lifecycle hooks. Pod Security Standards, baseline, from Kubernetes 1.34
on: Host Probes / Lifecycle Hooks; on earlier versions the rule is silent.

## Why is this bad
The kubelet makes the call, from the node: whoever writes the pod reaches what only nodes may reach.
A probe of another host says nothing of the container.

## Example
```yaml
readinessProbe: {httpGet: {host: 10.0.0.1, path: /, port: 80}}
```

## Use instead
```yaml
readinessProbe: {httpGet: {path: /, port: 80}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.security_context import BASELINE, minor

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")


@rule(
    severity=Severity.ERROR,
    remediation="Remove host, so that the container itself is called.",
    groups=BASELINE,
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each host that is called instead of the container."""
    if minor(context) < 34:
        return
    for workload in context.index.workloads:
        for container in workload.containers:
            for handler in _handlers(container):
                for action in ("httpGet", "tcpSocket"):
                    host = handler[action]["host"] if action in handler.mapping else None
                    if host is not None and host.text:
                        who = f"{handler.path[-1]} of {container['name'].text!r}"
                        yield Fault(f"{who} calls the host {host.text}", workload.manifest, host)


def _handlers(container: View) -> Iterator[View]:
    yield from (container[probe] for probe in _PROBES if probe in container.mapping)
    if "lifecycle" in container.mapping:
        yield from (container["lifecycle"][hook] for hook in _HOOKS)
