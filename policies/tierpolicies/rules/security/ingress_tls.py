"""An Ingress serves a host without TLS.

## What it does
Reports Ingresses without `tls` and hosts that their `tls` does not name. TLS by annotation counts: a
certificate or an HTTPS listener of AWS's load balancer, certificates of other clouds, a TLS router,
traffic that is passed through. Hosts of this machine and of local domains need none.

## Why is this bad
Passwords, cookies and answers go over the network as they are, to be read and changed on the way.

## Example
```yaml
spec: {rules: [{host: shop.example.org}]}
```

## Use instead
```yaml
spec: {tls: [{hosts: [shop.example.org], secretName: shop-tls}], rules: [{host: shop.example.org}]}
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_LOCAL = ("localhost", ".localhost", ".local", ".localdomain", ".test", ".internal", ".lan", ".home.arpa")
_CERTIFICATE = re.compile(
    r"certificate|/ssl-cert|/pre-shared-cert|/certmap|ssl-passthrough|/managed-certs|tls-termination"
)
"""What the annotations are called that give a certificate, or leave TLS to the pod."""
_ALB_PORTS = "alb.ingress.kubernetes.io/listen-ports"
_TRAEFIK = "traefik.ingress.kubernetes.io/router."
_TUNNELS = ("cloudflare", "tailscale", "ngrok")
"""Classes whose controllers always serve TLS."""


@rule(
    each=Manifest,
    kinds=("Ingress",),
    severity=Severity.WARNING,
    remediation="Name the host, and the Secret with its certificate, in tls.",
    known_as=("polaris:tlsSettingsMissing",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each host that is served in clear text."""
    if "." in manifest.group and not manifest.group.endswith(".k8s.io"):
        return
    spec = manifest.view["spec"]
    tls = [[host.text for host in each["hosts"]] for each in spec["tls"]]
    if (
        not all(tls)
        or _is_annotated(manifest)
        or any(each in spec["ingressClassName"].text for each in _TUNNELS)
    ):
        return
    covered = {host for hosts in tls for host in hosts}
    for host in _hosts(spec):
        name = host.text
        if not name.endswith(_LOCAL) and not _covers(covered, name):
            what = f"the host {name}" if name else "every host"
            yield Fault(f"{what} is served without TLS", manifest, host, detail=name)


def _hosts(spec: View) -> Iterator[View]:
    """Where the hosts stand; an Ingress that names none serves all."""
    rules = list(spec["rules"])
    yield from (each["host"] for each in rules)
    if not rules and spec.mapping:
        yield spec["rules"]


def _covers(covered: set[str], host: str) -> bool:
    return host in covered or f"*.{host.partition('.')[2]}" in covered


def _is_annotated(manifest: Manifest) -> bool:
    annotations = manifest.view.at("metadata", "annotations")
    if ports := annotations[_ALB_PORTS].text:
        return "HTTPS" in ports
    for key, view in annotations.items():
        value = view.text
        if value not in ("", "false") and _CERTIFICATE.search(key):
            return True
        if key.startswith(_TRAEFIK) and (value == "websecure" or (key.endswith(".tls") and value == "true")):
            return True
    return False
