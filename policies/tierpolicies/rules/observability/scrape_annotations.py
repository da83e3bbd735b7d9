"""Annotations let Prometheus scrape a port that is not there.

## What it does
For pods annotated `prometheus.io/scrape: "true"`, compares `prometheus.io/port` with the ports that the
containers declare. Without that annotation exactly one port must be declared.

## Why is this bad
Prometheus scrapes each declared port, or one that nobody listens on: targets that are down for ever, which
hide those that really are.

## Example
```yaml
annotations: {prometheus.io/scrape: "true"}   # and the ports http and admin
```

## Use instead
```yaml
annotations: {prometheus.io/scrape: "true", prometheus.io/port: "9090"}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod

_SCRAPE, _PORT = "prometheus.io/scrape", "prometheus.io/port"


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Set prometheus.io/port to the port that serves the metrics.",
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each port that is missing or wrong."""
    annotations = pod.annotations.mapping
    if annotations.get(_SCRAPE) != "true":
        return
    ports = [each["containerPort"].integer for container in pod.running for each in container["ports"]]
    port = pod.annotations[_PORT]
    if not port.text:
        if len(ports) != 1:
            told = f"{len(ports)} ports are declared" if ports else "no port is declared"
            yield Fault(
                f"it is to be scraped, without {_PORT}, and {told}", pod.manifest, pod.annotations[_SCRAPE]
            )
    elif not port.text.isdecimal():
        yield Fault(f"{_PORT} is {port.text!r}, which is no number", pod.manifest, port)
    elif ports and int(port.text) not in ports:
        told = ", ".join(str(each) for each in ports)
        yield Fault(f"{_PORT} is {port.text}, and the containers declare {told}", pod.manifest, port)
