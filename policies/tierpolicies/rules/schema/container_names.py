"""Two containers of a pod have one name.

## What it does
Compares the names of all containers and init containers of a pod.

## Why is this bad
The API server refuses the pod: logs, statistics and patches tell containers apart by name.

## Example
```yaml
containers: [{name: web, image: a}, {name: web, image: b}]
```

## Use instead
```yaml
containers: [{name: web, image: a}, {name: proxy, image: b}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Give each container a name of its own.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each name that an earlier container of the pod has."""
    for workload in context.index.workloads:
        names: set[str] = set()
        for container in workload.containers:
            name = container["name"].text
            if name and name in names:
                message = f"another container of the pod is called {name!r} too"
                yield Fault(message, workload.manifest, container["name"])
            names.add(name)
