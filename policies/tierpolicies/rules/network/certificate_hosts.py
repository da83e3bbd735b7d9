"""A host is not covered by the load balancer's certificate.

## What it does
Compares the hosts of every Ingress with the names of the platform's certificate, and the `tls` hosts with
those of the cert-manager Certificate that makes their Secret. `*.x` covers one word before `.x`, and not
`x` itself.

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

from collections.abc import Iterator, Sequence

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=("Ingress",),
    severity=Severity.ERROR,
    remediation="Add the host to the certificate's names.",
    rests_on=("Certificate",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each host that no name covers."""
    names = context.platform.certificate_names if context.platform is not None else ()
    secrets = {
        (each.namespace, each.view.at("spec", "secretName").text): each for each in _certificates(context)
    }
    for ingress in context.index.of_kind("Ingress"):
        spec = ingress.view["spec"]
        hosts: list[View] = [rule_["host"] for rule_ in spec["rules"]]
        hosts += [host for tls in spec["tls"] for host in tls["hosts"]]
        if names:
            yield from _uncovered(ingress, hosts, names, ", ".join(names))
        for tls in spec["tls"]:
            certificate = secrets.get((ingress.namespace, tls["secretName"].text))
            if certificate is not None:
                own = certificate.view["spec"]
                given = [each.text for each in own["dnsNames"]] + [own["commonName"].text]
                yield from _uncovered(ingress, list(tls["hosts"]), given, certificate.name)


def _certificates(context: Context) -> Iterator[Manifest]:
    return (each for each in context.index.of_kind("Certificate") if each.group == "cert-manager.io")


def _uncovered(ingress: Manifest, hosts: list[View], names: Sequence[str], told: str) -> Iterator[Fault]:
    for host in hosts:
        if host.text and not any(_covers(name, host.text) for name in names):
            yield Fault(f"the certificate for {told} does not cover {host.text}", ingress, host, detail=told)


def _covers(name: str, host: str) -> bool:
    name, host = name.lower(), host.lower()
    if name == host:
        return True
    first, _, rest = host.partition(".")
    return name.startswith("*.") and first not in ("", "*") and name[2:] == rest
