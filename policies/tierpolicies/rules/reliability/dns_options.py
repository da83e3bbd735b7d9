"""A pod does not set an option of its name lookups.

## What it does
Reports pods whose dnsConfig lacks the option of the parameters `name` and `value`, ndots 2 unless set. The
rule is optional.

## Why is this bad
With ndots 5, the default, every name outside of the cluster is first looked up in each of its own domains:
five questions where one would do.

## Example
```yaml
spec: {containers: [{name: web}]}
```

## Use instead
```yaml
spec:
  dnsConfig: {options: [{name: ndots, value: "2"}]}
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@dataclass(frozen=True)
class Parameters:
    """The option that is wanted, and its value."""

    name: str = "ndots"
    value: str = "2"


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Set the option in dnsConfig.",
    optional=True,
    known_as=("kube-linter:dnsconfig-options",),
    parameters=Parameters(),
)
def check(pod: Pod, parameters: Parameters) -> Iterator[Fault]:
    """Reports a pod without the option."""
    options = pod.spec["dnsConfig"]["options"]
    given = {each["name"].text: each["value"] for each in options}
    value = given.get(parameters.name)
    if value is None or str(value.value) != parameters.value:
        has = "is not set" if value is None else f"is {value.value}"
        message = f"the DNS option {parameters.name} {has}, and {parameters.value} is wanted"
        yield Fault(message, pod.manifest, options if value is None else value)
