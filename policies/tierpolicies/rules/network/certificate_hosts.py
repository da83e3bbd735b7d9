"""A host is not covered by the load balancer's certificate.

## What it does
Compares the hosts of every Ingress with the names of the platform's certificate. `*.x` covers one
word before `.x`, and not `x` itself.

## Why is this bad
Browsers and apps refuse the connection.

## Example
```yaml
host: example.org   # certificate for *.example.org
```

## Use instead
```yaml
certificate: [example.org, "*.example.org"]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(needs=(PLATFORM,), severity=Severity.ERROR, remediation="Add the host to the certificate's names.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each host that no name covers."""
    names = context.platform.certificate_names if context.platform is not None else ()
    if not names:
        return
    for ingress in context.index.of_kind("Ingress"):
        spec = ingress.view["spec"]
        hosts: list[View] = [rule_["host"] for rule_ in spec["rules"]]
        hosts += [host for tls in spec["tls"] for host in tls["hosts"]]
        for host in hosts:
            if host.text and not any(_covers(name, host.text) for name in names):
                message = f"the certificate for {', '.join(names)} does not cover {host.text}"
                yield Fault(message, ingress, host)


def _covers(name: str, host: str) -> bool:
    name, host = name.lower(), host.lower()
    if name == host:
        return True
    first, _, rest = host.partition(".")
    return name.startswith("*.") and first not in ("", "*") and name[2:] == rest
