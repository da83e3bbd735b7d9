"""A pod has names of hosts of its own.

## What it does
Reports `hostAliases`. The rule is optional.

## Why is this bad
The pod resolves a name otherwise than the rest of the cluster: it goes on talking to an address after
the service has moved, be it to whoever has the address by then.

## Example
```yaml
spec: {hostAliases: [{ip: 10.0.0.7, hostnames: [db.example.org]}]}
```

## Use instead
```yaml
{kind: Service, metadata: {name: db}, spec: {type: ExternalName, externalName: db.example.org}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Let DNS answer: a Service of type ExternalName, or a record of your own zone.",
    optional=True,
    known_as=("polaris:hostAliases",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each alias."""
    for alias in pod.spec["hostAliases"]:
        names = ", ".join(name.text for name in alias["hostnames"] if name.text)
        yield Fault(f"the pod resolves {names or 'nothing'} to {alias['ip'].text}", pod.manifest, alias)
