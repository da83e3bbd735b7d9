"""A name within an object does not have the form that Kubernetes asks for.

## What it does
Checks the names of containers, ports, volumes, variables, keys of ConfigMaps and Secrets, headers,
drivers, webhooks and the names by which objects refer to others.

## Why is this bad
The API server refuses the object. Ports have the tightest form: 15 characters, lower case.

## Example
```yaml
ports: [{name: http_metrics_endpoint, containerPort: 9100}]
```

## Use instead
```yaml
ports: [{name: http-metrics, containerPort: 9100}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write a name of that form, and use it wherever the old one stood.",
    known_as=("kube-linter:invalid-target-ports", "kube-score:container-ports-check"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each name of another form."""
    return context.verdicts.of("name-syntax")
