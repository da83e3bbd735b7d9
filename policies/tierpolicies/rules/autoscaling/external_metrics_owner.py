"""Two adapters want to serve the external metrics.

## What it does
Counts what registers the API `external.metrics.k8s.io` in the tree: the chart of KEDA, that of
prometheus-adapter where its values have external rules, the Datadog cluster agent's where it serves metrics,
and APIServices of that name.

## Why is this bad
A cluster has one server of that API. The one applied last has it, the autoscalers of the other say
FailedGetExternalMetric, and with automatic sync the two take it from each other for ever.

## Example
```yaml
source: {chart: keda, …}                # beside
source: {chart: prometheus-adapter, …}  # with rules.external
```

## Use instead
```yaml
source: {chart: keda, …}   # its triggers ask Prometheus, too
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.external_metrics import API, external_servers
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=("Application", "HelmRelease", "APIService"),
    severity=Severity.ERROR,
    remediation=f"Let one adapter serve {API}.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each server of the API after the first."""
    found: list[tuple[Manifest, View, str]] = []
    for server in sorted(external_servers(context.index), key=lambda each: (each[2], each[0].subject)):
        others = [each for each in found if not context.overlays.apart(each[0].file, server[0].file)]
        found.append(server)
        if others and others[0][2] != server[2]:
            manifest, at, name = server
            yield Fault(f"{name} serves {API}, and so does {others[0][2]}", manifest, at)
