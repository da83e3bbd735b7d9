"""A scrape may take longer than the time until the next.

## What it does
Compares `scrapeTimeout` with `interval` in the endpoints of ServiceMonitors and PodMonitors.

## Why is this bad
Prometheus refuses such a configuration; the operator drops the monitor, and nothing is scraped.

## Example
```yaml
endpoints: [{port: metrics, interval: 15s, scrapeTimeout: 30s}]
```

## Use instead
```yaml
endpoints: [{port: metrics, interval: 30s, scrapeTimeout: 10s}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.monitoring_rules import MONITORS
from tierpolicies.monitoring.promql import seconds


@rule(
    each=Manifest,
    kinds=tuple(MONITORS),
    severity=Severity.ERROR,
    remediation="Make the timeout shorter than the interval.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each timeout beyond its interval."""
    for endpoint in manifest.view.at("spec", MONITORS.get(manifest.kind, "")):
        timeout, interval = endpoint["scrapeTimeout"], endpoint["interval"]
        longest, wait = seconds(timeout), seconds(interval)
        if longest is not None and wait is not None and longest > wait:
            message = f"a scrape may take {timeout.text}, and the next comes after {interval.text}"
            yield Fault(message, manifest, timeout)
