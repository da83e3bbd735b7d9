"""A container sets a variable twice.

## What it does
Compares the names of a container's variables.

## Why is this bad
The last one counts, which whoever reads the first does not know; a server-side apply, as Argo CD can do it,
refuses the list.

## Example
```yaml
env: [{name: LOG_LEVEL, value: info}, {name: LOG_LEVEL, value: debug}]
```

## Use instead
```yaml
env: [{name: LOG_LEVEL, value: info}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Keep one of the two.",
    known_as=("kube-linter:duplicate-env-var", "kube-score:environment-variable-key-duplication"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each variable that is set before."""
    seen: set[str] = set()
    for variable in container["env"]:
        name = variable.mapping.get("name")
        if isinstance(name, str):
            if name in seen:
                message = f"the container {container.name!r} sets {name} twice; the last one counts"
                yield Fault(message, container.manifest, variable["name"])
            seen.add(name)
