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

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod


@rule(each=Pod, severity=Severity.ERROR, remediation="Give each container a name of its own.")
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each name that an earlier container of the pod has."""
    names: set[str] = set()
    for container in pod.containers:
        name = container.name
        if name and name in names:
            message = f"another container of the pod is called {name!r} too"
            yield Fault(message, pod.manifest, container["name"])
        names.add(name)
