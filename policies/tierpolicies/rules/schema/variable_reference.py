"""A variable is built of one that is not set before it.

## What it does
Reports `$(NAME)` in the value of a container's variable where that container sets NAME further down only,
or not at all: names in capitals, where neither `envFrom` nor a Service may set them. `$$(NAME)` is meant as
it stands.

## Why is this bad
Kubernetes replaces references to what stands above alone. The program gets the text `$(NAME)` as it is.

## Example
```yaml
env: [{name: URL, value: "http://$(HOST):80"}, {name: HOST, value: api}]
```

## Use instead
```yaml
env: [{name: HOST, value: api}, {name: URL, value: "http://$(HOST):80"}]
```
"""

import re
from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import Container

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_OF_SERVICES = re.compile(r"_(SERVICE_HOST|SERVICE_PORT|PORT)(_|$)")


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Set the variable above the one that refers to it, or correct its name.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each variable with such a reference."""
    variables = list(container["env"])
    names = [variable["name"].text for variable in variables]
    known: set[str] = set()
    for variable, name in zip(variables, names, strict=True):
        value = variable["value"]
        for match in _REFERENCE.finditer(value.text) if "$(" in value.text else ():
            wanted = match[1]
            if not wanted or wanted in known:
                continue
            if wanted in names:
                message = f"{name} refers to {wanted}, which is set below it"
            elif not wanted.isupper() or container["envFrom"] or _OF_SERVICES.search(wanted):
                continue
            else:
                message = f"{name} refers to {wanted}, which is not set{nearest(wanted, names)}"
            yield Fault(message, container.manifest, value, detail=wanted)
        known.add(name)
